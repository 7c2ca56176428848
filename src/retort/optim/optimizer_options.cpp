// SPDX-License-Identifier: MIT
#include "retort/optim/optimizer_options.h"

#include <vector>

#include "retort/config/reader.h"

namespace retort::optim {
namespace {

void read_sgd(config::Reader& reader, OptimizerOptions& options) {
  options.momentum =
      reader.optional_number("momentum", {.at_least = 0, .below = 1}).value_or(options.momentum);
  options.nesterov = reader.optional_boolean("nesterov").value_or(options.nesterov);
  if (options.nesterov && options.momentum == 0) reader.fail("nesterov", "needs a momentum above 0");
}

void read_adamw(config::Reader& reader, OptimizerOptions& options) {
  reader.ignore("betas");  // null: the default
  if (reader.has("betas")) {
    const auto betas = reader.numbers("betas", {.at_least = 0, .below = 1});
    if (betas.size() != options.betas.size()) reader.fail("betas", "must be two numbers");
    options.betas = {betas[0], betas[1]};
  }
  options.eps = reader.optional_number("eps", {.above = 0}).value_or(options.eps);
}

struct Entry {
  std::string name;
  void (*read)(config::Reader&, OptimizerOptions&);  // the keys that only this optimizer has
};

const std::vector<Entry>& optimizers() {
  static const std::vector<Entry> table = {
      {"sgd", read_sgd},
      {"adamw", read_adamw},
  };
  return table;
}

std::vector<std::string> optimizer_names() {
  std::vector<std::string> names;
  for (const Entry& entry : optimizers()) names.push_back(entry.name);
  return names;
}

}  // namespace

OptimizerOptions OptimizerOptions::from(const config::Node& node) {
  config::Reader reader(node, "optimizer");
  OptimizerOptions options;
  options.name = reader.choice("name", optimizer_names());
  options.lr = reader.number("lr", {.above = 0});
  options.weight_decay =
      reader.optional_number("weight_decay", {.at_least = 0}).value_or(options.weight_decay);
  for (const Entry& entry : optimizers())
    if (entry.name == options.name) entry.read(reader, options);
  reader.finish();
  return options;
}

}  // namespace retort::optim
