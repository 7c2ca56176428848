// SPDX-License-Identifier: MIT
#include "retort/tracking/mlflow_store.h"

namespace retort::tracking {

std::unique_ptr<MlflowStore> make_mlflow_store(const MlflowOptions& options,
                                               const std::atomic<bool>& cancel) {
  if (options.is_server()) return make_mlflow_server(options.tracking_uri, cancel);
  return make_mlflow_folder(options.tracking_uri);
}

}  // namespace retort::tracking
