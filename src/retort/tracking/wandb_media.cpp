// SPDX-License-Identifier: MIT
#include "retort/tracking/wandb_media.h"

#include <variant>

#include <fmt/format.h>

#include "retort/core/sha256.h"
#include "retort/tracking/json_text.h"

namespace retort::tracking {
namespace {

std::string json_list(const auto& values, auto to_text) {
  std::string text = "[";
  for (const auto& value : values) text += (text.size() > 1 ? "," : "") + to_text(value);
  return text + "]";
}

std::string table_json(const Table& table) {
  const auto cell_text = [](const Table::Cell& cell) {
    return std::holds_alternative<double>(cell) ? json_number(std::get<double>(cell))
                                                : json_string(std::get<std::string>(cell));
  };
  return fmt::format(R"({{"columns":{},"data":{}}})",
                     json_list(table.columns, [](const std::string& name) { return json_string(name); }),
                     json_list(table.rows, [&](const auto& row) { return json_list(row, cell_text); }));
}

// media/images/samples/0_1200_1b2c....png
std::string media_path(const char* kind, const std::string& name, int64_t step, const std::string& sha256,
                       const char* extension) {
  return fmt::format("media/{}/{}_{}_{}.{}", kind, name, step, sha256.substr(0, 20), extension);
}

}  // namespace

WandbMedia wandb_image(int64_t step, const Image& image) {
  const std::string sha256 = sha256_of(image.png);
  const std::string path = media_path("images", image.name, step, sha256, "png");
  return {.path = path,
          .content = image.png,
          .json = fmt::format(
              R"({{"_type":"image-file","path":{},"sha256":"{}","size":{},"format":"png","width":{},)"
              R"("height":{},"caption":{}}})",
              json_string(path), sha256, image.png.size(), image.width, image.height,
              json_string(image.caption))};
}

WandbMedia wandb_table(int64_t step, const Table& table) {
  const std::string content = table_json(table);
  const std::string sha256 = sha256_of(content);
  const std::string path = media_path("table", table.name, step, sha256, "table.json");
  return {.path = path,
          .content = content,
          .json = fmt::format(
              R"({{"_type":"table-file","path":{},"sha256":"{}","size":{},"ncols":{},"nrows":{}}})",
              json_string(path), sha256, content.size(), table.columns.size(), table.rows.size())};
}

std::string wandb_histogram(const Histogram& histogram) {
  return fmt::format(R"({{"_type":"histogram","values":{},"bins":{}}})",
                     json_list(histogram.counts, [](int64_t count) { return fmt::format("{}", count); }),
                     json_list(histogram.edges, [](double edge) { return json_number(edge); }));
}

}  // namespace retort::tracking
