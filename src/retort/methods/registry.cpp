// SPDX-License-Identifier: MIT
#include <c10/util/Exception.h>

#include "retort/config/reader.h"
#include "retort/methods/hinton.h"
#include "retort/methods/method.h"
#include "retort/methods/method_options.h"

namespace retort::methods {
namespace {

template <class T>
std::unique_ptr<Method> make(const config::Node& method, const TeacherOptions& teacher) {
  return std::make_unique<T>(T::Options::from(method), teacher);
}

struct Entry {
  std::string name;
  std::unique_ptr<Method> (*make)(const config::Node&, const TeacherOptions&);
};

const std::vector<Entry>& methods() {
  static const std::vector<Entry> table = {
      {"hinton", make<Hinton>},
  };
  return table;
}

}  // namespace

std::unique_ptr<Method> make_method(const config::Node& method, const TeacherOptions& teacher) {
  const std::string name = config::Reader(method, "method").choice("name", method_names());
  for (const Entry& entry : methods()) {
    if (entry.name == name) return entry.make(method, teacher);
  }
  TORCH_CHECK(false, "method: no such name: ", name);
}

}  // namespace retort::methods
