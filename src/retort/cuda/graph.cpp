// SPDX-License-Identifier: MIT
#include "retort/cuda/graph.h"

#include <utility>

#include <ATen/cuda/CUDAGraph.h>
#include <c10/cuda/CUDACachingAllocator.h>
#include <c10/cuda/CUDAException.h>
#include <c10/cuda/CUDAFunctions.h>
#include <c10/util/Exception.h>
#include <cuda_runtime_api.h>

namespace retort::cuda {
namespace {

class GraphRepeater : public Repeater {
 public:
  explicit GraphRepeater(std::function<void(const std::string&)> warn) : warn_(std::move(warn)) {}

  void run(const std::function<void()>& work) override {
    constexpr int kWarmUps = 3;
    if (calls_ < kWarmUps || is_refused_) {
      ++calls_;
      work();
      return;
    }
    if (graph_ == nullptr) record(work);
    if (graph_ != nullptr)
      graph_->replay();
    else
      work();
  }

 private:
  // Recording does nothing of the work; where it fails all is as it was. What is recorded has memory of its
  // own, which takes none of what earlier work left behind: that is given back first.
  void record(const std::function<void()>& work) {
    c10::cuda::device_synchronize();
    c10::cuda::CUDACachingAllocator::emptyCache();
    auto graph = std::make_unique<at::cuda::CUDAGraph>();
    try {
      graph->capture_begin();
      work();
      graph->capture_end();
      graph_ = std::move(graph);
    } catch (const c10::Error& error) {
      abandon(*graph);
      const std::string text = error.what_without_backtrace();
      warn_(text.substr(0, text.find('\n')));
    } catch (...) {
      abandon(*graph);
      throw;
    }
  }

  void abandon(at::cuda::CUDAGraph& graph) {
    is_refused_ = true;
    try {
      graph.capture_end();  // so that the stream is no longer being captured
    } catch (const c10::Error&) {
      // That is what is wrong with it.
    }
    cudaGetLastError();  // forgotten, or the next kernel would be blamed for it
  }

  std::function<void(const std::string&)> warn_;
  std::unique_ptr<at::cuda::CUDAGraph> graph_{};
  int calls_ = 0;
  bool is_refused_ = false;
};

}  // namespace

std::unique_ptr<Repeater> make_graph_repeater(std::function<void(const std::string& reason)> warn) {
  return std::make_unique<GraphRepeater>(std::move(warn));
}

}  // namespace retort::cuda
