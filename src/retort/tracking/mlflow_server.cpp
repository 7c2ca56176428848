// SPDX-License-Identifier: MIT
// MLflow's REST API 2.0.
#include <algorithm>
#include <cstdlib>
#include <optional>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "retort/core/text.h"
#include "retort/tracking/base64.h"
#include "retort/tracking/http.h"
#include "retort/tracking/json_text.h"
#include "retort/tracking/mlflow_store.h"

namespace retort::tracking {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

// What one request may hold.
constexpr size_t kMostParams = 100, kLongestParam = 6000;

std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value != nullptr ? value : "";
}

std::map<std::string, std::string> request_headers() {
  std::map<std::string, std::string> headers;
  const std::string token = environment("MLFLOW_TRACKING_TOKEN");
  const std::string user = environment("MLFLOW_TRACKING_USERNAME");
  if (!token.empty())
    headers["Authorization"] = "Bearer " + token;
  else if (!user.empty())
    headers["Authorization"] = "Basic " + base64(user + ":" + environment("MLFLOW_TRACKING_PASSWORD"));
  return headers;
}

const char* status_name(MlflowStore::Status status) {
  switch (status) {
    case MlflowStore::Status::running:
      return "RUNNING";
    case MlflowStore::Status::finished:
      return "FINISHED";
    case MlflowStore::Status::failed:
      return "FAILED";
    default:
      return "KILLED";
  }
}

class MlflowServer : public MlflowStore {
 public:
  MlflowServer(std::string url, const std::atomic<bool>& cancel)
      : url_(std::move(url)), client_(request_headers(), cancel) {
    while (url_.ends_with('/')) url_.pop_back();
  }

  std::string create_run(const MlflowOptions& options, const RunRecord& run) override {
    const std::string experiment = find_or_create_experiment(options.experiment_name);
    const std::string name =
        options.run_name.value_or(fmt::format("{}-{}-{}", run.role, run.network, run.id));
    Json tags = Json::array({tag("mlflow.user", run.machine.user), tag("mlflow.source.name", "retort"),
                             tag("mlflow.source.type", "LOCAL"), tag("mlflow.runName", name)});
    if (!run.git_commit.empty()) tags.push_back(tag("mlflow.source.git.commit", run.git_commit));
    const Json answer = post("runs/create", {{"experiment_id", experiment},
                                             {"run_name", name},
                                             {"user_id", run.machine.user},
                                             {"start_time", static_cast<int64_t>(run.started_at * 1000)},
                                             {"tags", std::move(tags)}});
    return text_at(answer, "/run/info/run_id");
  }

  void log_params(const std::string& run_id, const MlflowParams& params) override {
    for (size_t start = 0; start < params.size(); start += kMostParams) {
      Json items = Json::array();
      for (size_t i = start; i < std::min(start + kMostParams, params.size()); ++i)
        items.push_back({{"key", params[i].first}, {"value", params[i].second.substr(0, kLongestParam)}});
      post("runs/log-batch", {{"run_id", run_id}, {"params", std::move(items)}});
    }
  }

  void log_metrics(const std::string& run_id, const std::vector<MlflowMetric>& metrics) override {
    Json items = Json::array();
    for (const MlflowMetric& metric : metrics)
      items.push_back({{"key", metric.name},
                       {"value", Json::parse(json_number(metric.value))},
                       {"timestamp", metric.timestamp_ms},
                       {"step", metric.step}});
    post("runs/log-batch", {{"run_id", run_id}, {"metrics", std::move(items)}});
  }

  void log_artifact(const std::string& run_id, const std::string& name, const fs::path& file) override {
    if (artifacts_url_.empty()) artifacts_url_ = artifacts_url(run_id);
    check(client_.upload(artifacts_url_ + url_escape(name), file), name);
  }

  void set_status(const std::string& run_id, Status status) override {
    Json body = {{"run_id", run_id}, {"status", status_name(status)}};
    if (status != Status::running) body["end_time"] = static_cast<int64_t>(unix_time() * 1000);
    post("runs/update", body);
  }

 private:
  static std::string to_text(const Json& body) {
    return body.dump(-1, ' ', false, Json::error_handler_t::replace);
  }

  static Json tag(const char* key, const std::string& value) { return {{"key", key}, {"value", value}}; }

  std::string find_or_create_experiment(const std::string& name) {
    if (const auto id = find_experiment(name)) return *id;
    const auto made = client_.request("POST", api("experiments/create"), to_text(Json{{"name", name}}));
    // Another run has made it meanwhile.
    if (made.body.find("RESOURCE_ALREADY_EXISTS") != std::string::npos)
      if (const auto id = find_experiment(name)) return *id;
    return text_at(parse(made, "experiments/create"), "/experiment_id");
  }

  std::optional<std::string> find_experiment(const std::string& name) {
    const auto found =
        client_.request("GET", api("experiments/get-by-name?experiment_name=" + url_escape(name)), {});
    if (found.status == 404) return std::nullopt;
    return text_at(parse(found, "experiments/get-by-name"), "/experiment/experiment_id");
  }

  // Where the server takes the run's files. It may be told to keep them where only MLflow's own client gets
  // at.
  std::string artifacts_url(const std::string& run_id) {
    const auto answer = client_.request("GET", api("runs/get?run_id=" + run_id), {});
    const std::string uri = text_at(parse(answer, "runs/get"), "/run/info/artifact_uri");
    constexpr std::string_view kServed = "mlflow-artifacts:/";
    if (!uri.starts_with(kServed) || uri.starts_with("mlflow-artifacts://"))
      throw Refused(
          fmt::format("{} does not serve artifacts: they are to lie in {}", printable(url_), printable(uri)));
    return fmt::format("{}/api/2.0/mlflow-artifacts/artifacts/{}/", url_, uri.substr(kServed.size()));
  }

  std::string api(const std::string& path) const { return fmt::format("{}/api/2.0/mlflow/{}", url_, path); }

  Json post(const std::string& path, const Json& body) {
    return parse(client_.request("POST", api(path), to_text(body)), path);
  }

  void check(const HttpClient::Response& response, const std::string& path) const {
    constexpr long kTooManyRequests = 429, kTimeout = 408;
    if (response.status == 0) throw Unavailable(fmt::format("{}: {}", printable(url_), response.error));
    if (response.status >= 500 || response.status == kTooManyRequests || response.status == kTimeout)
      throw Unavailable(fmt::format("{} answers {} with {}", printable(url_), path, response.status));
    if (!response.redirect.empty())
      throw Refused(fmt::format("{} sends {} on to {}: is that its address?", printable(url_), path,
                                printable(response.redirect)));
    if (response.status < 200 || response.status >= 300)
      throw Refused(fmt::format("{} refuses {} with {}: {}", printable(url_), path, response.status,
                                printable(response.body)));
  }

  Json parse(const HttpClient::Response& response, const std::string& path) const {
    check(response, path);
    const Json json = Json::parse(response.body, nullptr, /*allow_exceptions=*/false);
    if (!json.is_object()) throw Refused(fmt::format("{} does not answer as MLflow does", printable(url_)));
    return json;
  }

  std::string text_at(const Json& json, const char* pointer) const {
    const Json::json_pointer path(pointer);
    if (!json.contains(path) || !json.at(path).is_string())
      throw Refused(fmt::format("{} does not answer as MLflow does", printable(url_)));
    return json.at(path).get<std::string>();
  }

  std::string url_;
  HttpClient client_;
  std::string artifacts_url_;  // of the run; ends in '/'
};

}  // namespace

std::unique_ptr<MlflowStore> make_mlflow_server(const std::string& url, const std::atomic<bool>& cancel) {
  return std::make_unique<MlflowServer>(url, cancel);
}

}  // namespace retort::tracking
