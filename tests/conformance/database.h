#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <functional>
#include <memory>
#include <ostream>
#include <string>
#include <vector>

#include "engine/store/store.h"

namespace motcua::test {

// A fresh database of one kind, gone with the object. Another driver joins the suite by one more of these.
class Database {
 public:
  virtual ~Database() = default;
  // One more writer on it; a suite may hold several at a time.
  virtual std::unique_ptr<store::Store> open() = 0;
  virtual std::unique_ptr<store::Store> open_sandbox() = 0;
  // A database made by backup().
  virtual std::unique_ptr<store::Store> open_copy(const std::string& path) = 0;
  // A path at which a backup may be put.
  virtual std::string copy_path() = 0;
  // Runs a statement behind the store's back, to damage a derived table.
  virtual void damage(const std::string& sql) = 0;
};

struct Driver {
  std::string name;
  std::function<std::unique_ptr<Database>()> fresh;
};

inline void PrintTo(const Driver& driver, std::ostream* out) { *out << driver.name; }

// Every promise of store.h, for each driver.
class Conformance : public testing::TestWithParam<Driver> {
 protected:
  void SetUp() override { database_ = GetParam().fresh(); }
  std::unique_ptr<Database> database_;
};

// The drivers that this build knows.
std::vector<Driver> drivers();

inline std::string driver_name(const testing::TestParamInfo<Driver>& info) { return info.param.name; }

// A directory that is gone with the object.
class Folder {
 public:
  Folder();
  ~Folder();
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  std::string file(const std::string& name) const { return (path_ / name).string(); }

 private:
  std::filesystem::path path_;
};

inline bool short_run() { return std::getenv("MOTCUA_TEST_SHORT") != nullptr; }

}  // namespace motcua::test
