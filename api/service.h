#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "api/config.h"
#include "api/http_metrics.h"
#include "api/log.h"
#include "engine/run/engine.h"

namespace motcua::api {

// Lends readers of the store: one to each thread that asks, taken back when the loan ends.
class ReaderPool {
 public:
  explicit ReaderPool(store::Store& store) : store_(store) {}

  class Loan {
   public:
    Loan(ReaderPool& pool, std::unique_ptr<store::Reader> reader)
        : pool_(&pool), reader_(std::move(reader)) {}
    Loan(Loan&&) = default;
    Loan& operator=(Loan&&) = delete;
    ~Loan() {
      if (reader_) pool_->take_back(std::move(reader_));
    }
    store::Reader* operator->() { return reader_.get(); }

   private:
    ReaderPool* pool_;
    std::unique_ptr<store::Reader> reader_;
  };

  // Any thread.
  Loan borrow();

 private:
  void take_back(std::unique_ptr<store::Reader> reader);

  store::Store& store_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<store::Reader>> idle_;
};

// The API keys in force. Any thread.
class KeyBook {
 public:
  using Keys = std::shared_ptr<const std::vector<ApiKey>>;
  explicit KeyBook(std::vector<ApiKey> keys) { replace(std::move(keys)); }
  Keys now() const { return std::atomic_load(&keys_); }
  void replace(std::vector<ApiKey> keys) {
    std::atomic_store(&keys_, Keys(std::make_shared<const std::vector<ApiKey>>(std::move(keys))));
  }

 private:
  Keys keys_;
};

// What the handlers work with. Everything is borrowed and outlives the server.
struct Service {
  const ServerConfig& config;
  KeyBook& keys;
  run::Engine& engine;
  run::Clock& clock;
  run::VirtualClock* sandbox;  // null outside sandbox mode
  run::Random& random;
  const run::Keyring& keyring;
  Log& log;
  ReaderPool readers;
  HttpMetrics metrics;
};

}  // namespace motcua::api
