// SPDX-License-Identifier: MIT
#include "retort/tracking/mlflow_options.h"

#include "retort/tracking/environment_value.h"

namespace retort::tracking {

bool MlflowOptions::is_server() const {
  return tracking_uri.starts_with("http://") || tracking_uri.starts_with("https://");
}

MlflowOptions MlflowOptions::from(const config::Node& node) {
  config::Reader reader(node, "mlflow");
  MlflowOptions options{.log_model = reader.boolean("log_model"),
                        .wait_seconds = reader.number("wait_seconds", {.at_least = 0})};
  options.tracking_uri = given_text(reader, "tracking_uri").value_or(options.tracking_uri);
  options.experiment_name = given_text(reader, "experiment_name").value_or(options.experiment_name);
  options.run_name = given_text(reader, "run_name");
  constexpr std::string_view kFile = "file:";
  if (options.tracking_uri.starts_with(kFile)) {
    options.tracking_uri.erase(0, kFile.size());
    if (options.tracking_uri.starts_with("//")) options.tracking_uri.erase(0, 2);
  }
  if (options.tracking_uri.empty() ||
      (!options.is_server() && options.tracking_uri.find("://") != std::string::npos))
    reader.fail("tracking_uri", "an address that begins with http:// or https://, or a folder");
  reader.finish();
  return options;
}

}  // namespace retort::tracking
