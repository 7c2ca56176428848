// SPDX-License-Identifier: MIT
#include "retort/distributed/group.h"

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <cstring>
#include <thread>
#include <utility>

#include <c10/util/Exception.h>
#include <fmt/format.h>
#include <torch/csrc/distributed/c10d/PrefixStore.hpp>
#include <torch/csrc/distributed/c10d/ProcessGroup.hpp>
#include <torch/csrc/distributed/c10d/ProcessGroupGloo.hpp>
#include <torch/csrc/distributed/c10d/TCPStore.hpp>
#include <torch/utils.h>
#include <unistd.h>

#include "retort/core/console.h"
#include "retort/core/error.h"
#include "retort/core/sha256.h"
#include "retort/core/stop.h"
#include "retort/core/text.h"
#include "retort/distributed/nccl.h"
#include "retort/distributed/watchdog.h"

namespace retort::distributed {
namespace {

using StorePointer = c10::intrusive_ptr<c10d::Store>;

constexpr std::chrono::minutes kCollectiveTimeout{30};  // c10d's own; who lives may be long at something else

// Each attempt of a launcher's begins with clean keys; the store is the launcher's and outlives them.
StorePointer with_prefix(const Place& place, const char* name, const StorePointer& store) {
  return c10::make_intrusive<c10d::PrefixStore>(fmt::format("retort/{}/{}", place.attempt, name), store);
}

StorePointer connect(const Place& place, bool may_serve, std::chrono::milliseconds timeout) {
  c10d::TCPStoreOptions options{.port = place.master_port,
                                .isServer = may_serve && place.is_main() && !place.has_agent_store,
                                .timeout = timeout};
  options.waitWorkers = false;
  if (options.isServer) options.masterListenFd = place.listen_fd;
  return c10::make_intrusive<c10d::TCPStore>(place.master_address, options);
}

// Loopback where all are on one machine; else what the host's name says, or GLOO_SOCKET_IFNAME.
std::shared_ptr<gloo::transport::Device> make_device(const Place& place) {
  if (const char* const interface = std::getenv("GLOO_SOCKET_IFNAME"))
    return c10d::ProcessGroupGloo::createDeviceForInterface(interface);
  return place.is_one_machine() ? c10d::ProcessGroupGloo::createDeviceForHostname("127.0.0.1")
                                : c10d::ProcessGroupGloo::createDefaultDevice();
}

c10::intrusive_ptr<c10d::ProcessGroup> make_group(const Place& place, const StorePointer& store,
                                                  bool has_gpus) {
  const auto options = c10d::ProcessGroupGloo::Options::create(kCollectiveTimeout);
  options->devices.push_back(make_device(place));
  const auto gloo = c10::make_intrusive<c10d::ProcessGroupGloo>(store, place.rank, place.size, options);
  auto group = c10::make_intrusive<c10d::ProcessGroup>(store, place.rank, place.size);
  group->setBackend(c10::DeviceType::CPU, c10d::ProcessGroup::BackendType::GLOO,
                    c10::intrusive_ptr<c10d::Backend>(gloo));
  group->setDefaultBackend(c10d::ProcessGroup::BackendType::GLOO);
  if (has_gpus) add_nccl(*group, store, place);
  return group;
}

// A beat is kept as its two numbers.
std::vector<uint8_t> bytes_of(const Beat& beat) {
  std::vector<uint8_t> bytes(sizeof beat);
  std::memcpy(bytes.data(), &beat, sizeof beat);
  return bytes;
}

Beat beat_of(const std::vector<uint8_t>& bytes) {
  Beat beat;
  if (bytes.size() == sizeof beat) std::memcpy(&beat, bytes.data(), sizeof beat);
  return beat;
}

std::string first_line(const char* text) {
  const std::string_view view = text;
  return printable(std::string(view.substr(0, view.find('\n'))));
}

// "Connection closed by peer [127.0.0.1]:34567" of "[/.../pair.cc:553] Connection closed ... This is ...".
std::string reason_in(const char* text) {
  std::string reason = first_line(text);
  if (const size_t place = reason.find("] "); reason.starts_with('[') && place != reason.npos)
    reason.erase(0, place + 2);
  return reason.substr(0, reason.find(". "));
}

// Whoever waits for the others to join has nothing to save: a stop ends it at once, though c10d does not
// listen.
class ExitOnStop {
 public:
  explicit ExitOnStop(const Place& place) : watcher_([this, place] { watch(place); }) {}
  ~ExitOnStop() {
    is_over_ = true;
    watcher_.join();
  }
  ExitOnStop(const ExitOnStop&) = delete;
  ExitOnStop& operator=(const ExitOnStop&) = delete;

 private:
  void watch(const Place& place) const {
    while (!is_over_) {
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
      if (!stop_requested()) continue;
      write_stderr(
          fmt::format("retort: rank {} of {} was stopped by a signal while it waited for the others\n",
                      place.rank, place.size));
      _exit(static_cast<int>(ExitCode::interrupted));
    }
  }

  std::atomic<bool> is_over_ = false;
  std::thread watcher_;
};

torch::Tensor over(std::span<double> values) {
  return torch::from_blob(values.data(), {static_cast<int64_t>(values.size())}, torch::kFloat64);
}

}  // namespace

struct Group::Impl {
  StorePointer store, beats;  // two connections: a beat does not wait for whoever waits at the other
  c10::intrusive_ptr<c10d::ProcessGroup> group;
  std::unique_ptr<Watchdog> watchdog;  // until we part
  bool is_lost = false;
};

Group::Group(Options options) : options_(std::move(options)), impl_(std::make_unique<Impl>()) {
  if (options_.has_gpus) expect_nccl();
  const Place& here = options_.place;
  const ExitOnStop exit_on_stop(here);
  try {
    impl_->store = with_prefix(here, "group", connect(here, /*may_serve=*/true, options_.join_timeout));
    impl_->beats = with_prefix(here, "beat", connect(here, /*may_serve=*/false, options_.join_timeout));
    impl_->beats->set(std::to_string(here.rank), bytes_of({}));
    impl_->group = make_group(here, impl_->store, options_.has_gpus);
  } catch (const std::exception& error) {
    throw Error(ExitCode::peer,
                fmt::format("rank {} of {} cannot join the others at {}:{}: {}", here.rank, here.size,
                            printable(here.master_address), here.master_port, first_line(error.what())));
  }
  std::vector<std::string> keys;
  for (int rank = 0; rank < here.size; ++rank) keys.push_back(std::to_string(rank));
  const auto exchange = [beats = impl_->beats, keys, rank = here.rank](const Beat& own) {
    beats->set(std::to_string(rank), bytes_of(own));
    std::vector<Beat> all;
    for (const auto& bytes : beats->multiGet(keys)) all.push_back(beat_of(bytes));
    return all;
  };
  const auto leave = [words = options_.last_words](const std::string& line) {
    if (words) words(line);
    write_stderr(fmt::format("retort: {}\n", line));
    _exit(static_cast<int>(ExitCode::peer));
  };
  impl_->watchdog = std::make_unique<Watchdog>(
      WatchdogOptions{.rank = here.rank, .size = here.size, .timeout = options_.timeout}, exchange, leave);
}

Group::~Group() {
  // Gloo's threads still wait for those that are lost, and NCCL's for what was not finished: they would be
  // joined.
  if (impl_->is_lost || (options_.has_gpus && impl_->watchdog)) static_cast<void>(impl_->group.release());
}

void Group::guarded(const char* what, const std::function<void()>& work) {
  try {
    work();
  } catch (const std::exception& error) {
    const bool is_of_gloo = std::strstr(error.what(), "gloo") != nullptr;
    if (!is_of_gloo && std::strstr(error.what(), "NCCL") == nullptr) throw;
    impl_->is_lost = true;
    const auto silent = impl_->watchdog->find_lost();
    // NCCL fails by itself, too: two ranks on one GPU, say.
    if (!silent && !is_of_gloo)
      throw Error(ExitCode::resources,
                  fmt::format("rank {} of {} stops at step {}: {}", place().rank, place().size,
                              impl_->watchdog->step(), first_line(error.what())));
    const std::string lost = silent.value_or("a peer");
    throw Error(ExitCode::peer,
                fmt::format("rank {} of {} stops at step {}: it lost {} while {} ({})", place().rank,
                            place().size, impl_->watchdog->step(), lost, what, reason_in(error.what())));
  }
}

void Group::broadcast(const std::vector<torch::Tensor>& tensors) {
  const torch::NoGradGuard no_grad;
  guarded("sharing tensors", [&] {
    for (const torch::Tensor& tensor : tensors) {
      std::vector<torch::Tensor> one = {tensor.detach().contiguous()};
      impl_->group->broadcast(one)->wait();
      if (!place().is_main()) tensor.detach().copy_(one.front());
    }
  });
}

std::string Group::broadcast(const std::string& text) {
  const torch::Tensor size = torch::full({1}, static_cast<int64_t>(text.size()), torch::kInt64);
  broadcast({size});
  std::string result = text;
  result.resize(static_cast<size_t>(size.item<int64_t>()));
  if (!result.empty()) broadcast({torch::from_blob(result.data(), {size.item<int64_t>()}, torch::kUInt8)});
  return result;
}

void Group::sum(std::span<double> values) {
  guarded("adding up numbers", [&] {
    std::vector<torch::Tensor> one = {over(values)};
    impl_->group->allreduce(one)->wait();
  });
}

void Group::expect_same(const std::vector<torch::Tensor>& tensors) {
  Sha256 hash;
  for (const torch::Tensor& tensor : tensors) {
    const torch::Tensor plain = tensor.detach().cpu().contiguous();
    hash.update({static_cast<const std::byte*>(plain.const_data_ptr()), plain.nbytes()});
  }
  const std::string own = hash.hex();
  std::vector<double> differing(static_cast<size_t>(place().size));
  differing[static_cast<size_t>(place().rank)] = broadcast(own) == own ? 0 : 1;
  sum(differing);
  const auto found = std::find(differing.begin(), differing.end(), 1);
  if (found == differing.end()) return;
  throw Error(
      ExitCode::peer,
      fmt::format("the weights of rank {} are no longer those of rank 0 at step {}: nothing was saved",
                  found - differing.begin(), impl_->watchdog->step()));
}

void Group::part() {
  double all = 0;
  sum({&all, 1});
  if (options_.has_gpus) impl_->group->getBackend(c10::DeviceType::CUDA)->shutdown();
  impl_->watchdog.reset();
}

void Group::set_step(int64_t step) {
  if (impl_->watchdog) impl_->watchdog->set_step(step);
}

c10d::ProcessGroup& Group::process_group() { return *impl_->group; }

}  // namespace retort::distributed
