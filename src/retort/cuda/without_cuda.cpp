// SPDX-License-Identifier: MIT
// What the headers promise where there is no CUDA: no device was ever entered.
#include <c10/util/Exception.h>

#include "retort/cuda/device.h"
#include "retort/cuda/graph.h"
#include "retort/cuda/waits.h"

namespace retort::cuda {

torch::Device enter_device(int) { TORCH_CHECK(false, "this build has no CUDA"); }
void write_views(const data::ViewBatch&, torch::Dtype) { TORCH_CHECK(false, "this build has no CUDA"); }
std::string name_of(torch::Device) { TORCH_CHECK(false, "this build has no CUDA"); }
Memory memory_of(torch::Device) { TORCH_CHECK(false, "this build has no CUDA"); }
std::unique_ptr<Repeater> make_graph_repeater(std::function<void(const std::string&)>) {
  TORCH_CHECK(false, "this build has no CUDA");
}
RefuseWaits::RefuseWaits() { TORCH_CHECK(false, "this build has no CUDA"); }
RefuseWaits::~RefuseWaits() = default;
void reset_memory_peak(torch::Device) { TORCH_CHECK(false, "this build has no CUDA"); }

}  // namespace retort::cuda
