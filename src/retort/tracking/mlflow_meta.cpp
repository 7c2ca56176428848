// SPDX-License-Identifier: MIT
#include "retort/tracking/mlflow_meta.h"

#include "retort/config/yaml_reader.h"
#include "retort/config/yaml_writer.h"
#include "retort/core/error.h"

namespace retort::tracking {
namespace {

using config::Node;

Node number_or_null(const std::optional<int64_t>& number) { return number ? Node(*number) : Node(); }

std::optional<Node> read_page(std::string_view text) {
  try {
    Node page = config::read_yaml(text, "meta.yaml");
    if (page.is_dict()) return page;
  } catch (const Error&) {
  }
  return std::nullopt;
}

// Empty where there is no such text.
std::string text_at(const Node& page, const char* key) {
  const Node* found = page.find(key);
  return found != nullptr && found->is_string() ? found->as_string() : "";
}

std::optional<int64_t> number_at(const Node& page, const char* key) {
  const Node* found = page.find(key);
  return found != nullptr && found->is_int() ? std::optional(found->as_int()) : std::nullopt;
}

}  // namespace

std::string to_yaml(const MlflowExperimentMeta& meta) {
  return config::to_yaml(Node(Node::Dict{{"artifact_location", Node(meta.artifact_location)},
                                         {"creation_time", Node(meta.created_ms)},
                                         {"experiment_id", Node(meta.id)},
                                         {"last_update_time", Node(meta.created_ms)},
                                         {"lifecycle_stage", Node("active")},
                                         {"name", Node(meta.name)}}));
}

std::string to_yaml(const MlflowRunMeta& meta) {
  return config::to_yaml(Node(Node::Dict{{"artifact_uri", Node(meta.artifact_uri)},
                                         {"end_time", number_or_null(meta.end_ms)},
                                         {"entry_point_name", Node("")},
                                         {"experiment_id", Node(meta.experiment_id)},
                                         {"lifecycle_stage", Node("active")},
                                         {"run_id", Node(meta.id)},
                                         {"run_name", Node(meta.name)},
                                         {"source_name", Node("")},
                                         {"source_type", Node(4)},  // a local one
                                         {"source_version", Node("")},
                                         {"start_time", Node(meta.start_ms)},
                                         {"status", Node(meta.status)},
                                         {"tags", Node(Node::List{})},
                                         {"user_id", Node(meta.user)}}));
}

std::optional<MlflowExperimentMeta> parse_mlflow_experiment_meta(std::string_view text) {
  const auto page = read_page(text);
  if (!page) return std::nullopt;
  MlflowExperimentMeta meta{.id = text_at(*page, "experiment_id"),
                            .name = text_at(*page, "name"),
                            .artifact_location = text_at(*page, "artifact_location"),
                            .created_ms = number_at(*page, "creation_time").value_or(0)};
  if (meta.id.empty() || meta.name.empty()) return std::nullopt;
  return meta;
}

std::optional<MlflowRunMeta> parse_mlflow_run_meta(std::string_view text) {
  const auto page = read_page(text);
  if (!page) return std::nullopt;
  MlflowRunMeta meta{.id = text_at(*page, "run_id"),
                     .experiment_id = text_at(*page, "experiment_id"),
                     .name = text_at(*page, "run_name"),
                     .user = text_at(*page, "user_id"),
                     .artifact_uri = text_at(*page, "artifact_uri"),
                     .start_ms = number_at(*page, "start_time").value_or(0),
                     .end_ms = number_at(*page, "end_time"),
                     .status = number_at(*page, "status").value_or(1)};
  if (meta.id.empty() || meta.experiment_id.empty()) return std::nullopt;
  return meta;
}

}  // namespace retort::tracking
