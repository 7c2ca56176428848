// SPDX-License-Identifier: MIT
#include "retort/tracking/mlflow_options.h"

#include "retort/config/reader.h"

namespace retort::tracking {

bool MlflowOptions::is_server() const {
  return tracking_uri.starts_with("http://") || tracking_uri.starts_with("https://");
}

MlflowOptions MlflowOptions::from(const config::Node& node) {
  config::Reader reader(node, "mlflow");
  MlflowOptions options{.tracking_uri = reader.text("tracking_uri"),
                        .experiment_name = reader.text("experiment_name"),
                        .run_name = reader.optional_text("run_name"),
                        .log_model = reader.boolean("log_model"),
                        .wait_seconds = reader.number("wait_seconds", {.at_least = 0})};
  constexpr std::string_view kFile = "file:";
  if (options.tracking_uri.starts_with(kFile)) {
    options.tracking_uri.erase(0, kFile.size());
    if (options.tracking_uri.starts_with("//")) options.tracking_uri.erase(0, 2);
  }
  if (options.tracking_uri.empty() ||
      (!options.is_server() && options.tracking_uri.find("://") != std::string::npos))
    reader.fail("tracking_uri", "an address that begins with http:// or https://, or a folder");
  if (options.experiment_name.empty()) reader.fail("experiment_name", "a name that is not empty");
  reader.finish();
  return options;
}

}  // namespace retort::tracking
