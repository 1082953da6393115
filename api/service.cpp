#include "api/service.h"

namespace motcua::api {

ReaderPool::Loan ReaderPool::borrow() {
  {
    std::lock_guard lock(mutex_);
    if (!idle_.empty()) {
      Loan loan(*this, std::move(idle_.back()));
      idle_.pop_back();
      return loan;
    }
  }
  return Loan(*this, store_.reader());
}

void ReaderPool::take_back(std::unique_ptr<store::Reader> reader) {
  std::lock_guard lock(mutex_);
  idle_.push_back(std::move(reader));
}

}  // namespace motcua::api
