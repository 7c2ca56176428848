// SPDX-License-Identifier: MIT
#include "apps/export_options.h"

#include "retort/config/reader.h"

namespace retort::apps {

ExportOptions ExportOptions::from(const config::Node& config) {
  config::Reader reader(config, "");
  ExportOptions options{.data = data::DataOptions::from(reader.node("data")),
                        .checkpoint = reader.text("checkpoint"),
                        .format = reader.choice("format", {"onnx", "safetensors", "pytorch"}),
                        .is_bf16 = reader.choice("dtype", {"fp32", "bf16"}) == "bf16",
                        .output = reader.text("output")};
  if (reader.has("architecture"))
    options.architecture = models::Architecture::from(reader.node("architecture"), "architecture");
  reader.ignore("architecture");
  reader.finish();
  if (options.is_bf16 && options.format == "onnx")
    reader.fail("dtype", "ONNX runtimes on the CPU have no bf16 convolutions: fp32 is written");
  return options;
}

}  // namespace retort::apps
