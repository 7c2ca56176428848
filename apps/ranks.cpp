// SPDX-License-Identifier: MIT
#include "apps/ranks.h"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <optional>
#include <system_error>
#include <thread>
#include <utility>

#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "apps/engine_process.h"
#include "retort/core/console.h"
#include "retort/core/error.h"
#include "retort/core/processors.h"
#include "retort/core/stop.h"
#include "retort/distributed/loopback.h"
#include "retort/distributed/place.h"
#include "retort/trainer/training_options.h"

namespace retort::apps {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

void set(const char* name, const std::string& value) { setenv(name, value.c_str(), /*overwrite=*/1); }

// What another rank than 0 says, kept in memory until we know whether it was the first to fail.
class Words {
 public:
  Words() : file_(memfd_create("retort-rank", MFD_CLOEXEC)) {
    if (file_ < 0)
      throw Error(ExitCode::resources,
                  fmt::format("cannot keep what a rank says: {}", std::generic_category().message(errno)));
  }
  ~Words() { close(file_); }
  Words(const Words&) = delete;
  Words& operator=(const Words&) = delete;

  fs::path path() const { return fmt::format("/proc/self/fd/{}", file_); }
  std::string text() const {
    std::string text(1 << 16, '\0');
    text.resize(static_cast<size_t>(std::max<ssize_t>(0, pread(file_, text.data(), text.size(), 0))));
    return text;
  }

 private:
  int file_;
};

struct Rank {
  int number = 0;
  std::unique_ptr<Words> words{};  // rank 0's go where ours go
  pid_t process = 0;               // 0: it has ended
  int code = 0;                    // and how
  bool was_killed = false;
};

constexpr int kLost = static_cast<int>(ExitCode::peer);

class Ranks {
 public:
  Ranks() = default;
  ~Ranks() { signal_all(SIGKILL); }
  Ranks(const Ranks&) = delete;
  Ranks& operator=(const Ranks&) = delete;

  void start(int size, const std::vector<std::string>& arguments) {
    // Who starts us with SIGCHLD ignored would have the kernel reap the ranks before we learn how they ended.
    std::signal(SIGCHLD, SIG_DFL);
    const distributed::Loopback meeting = distributed::listen_on_loopback();
    set("WORLD_SIZE", std::to_string(size));
    set("LOCAL_WORLD_SIZE", std::to_string(size));
    set("MASTER_ADDR", "127.0.0.1");
    set("MASTER_PORT", std::to_string(meeting.port));
    set("RETORT_LISTEN_FD", std::to_string(meeting.descriptor));
    // Together they have as many threads as one process would.
    const int cores = std::max(1, usable_cores() / size);
    setenv("OMP_NUM_THREADS", std::to_string(cores).c_str(), /*overwrite=*/0);
    ranks_.reserve(static_cast<size_t>(size));
    for (int number = 0; number < size; ++number) {
      Rank rank{.number = number};
      if (number > 0) rank.words = std::make_unique<Words>();
      set("RANK", std::to_string(number));
      set("LOCAL_RANK", std::to_string(number));
      rank.process = start_engine(arguments, rank.words ? std::optional(rank.words->path()) : std::nullopt);
      ranks_.push_back(std::move(rank));
      if (number == 0) {
        close(meeting.descriptor);
        unsetenv("RETORT_LISTEN_FD");
      }
    }
  }

  int wait() {
    while (std::any_of(ranks_.begin(), ranks_.end(), [](const Rank& rank) { return rank.process > 0; })) {
      pass_on_signals();
      if (deadline_ && Clock::now() > *deadline_) signal_all(SIGKILL);
      int status = 0;
      const pid_t process = waitpid(-1, &status, WNOHANG);
      if (process < 0) throw std::system_error(errno, std::generic_category(), "waiting for the ranks");
      const auto found = std::find_if(ranks_.begin(), ranks_.end(),
                                      [&](const Rank& rank) { return rank.process == process; });
      if (process > 0 && found != ranks_.end())
        note_end(*found, status);
      else
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
    say_why();
    return code_;
  }

 private:
  void signal_all(int signal) {
    for (const Rank& rank : ranks_)
      if (rank.process > 0) kill(rank.process, signal);
  }

  void pass_on_signals() {
    if (stop_requested() && !std::exchange(stop_was_passed_on_, true)) signal_all(SIGTERM);
    if (take_save_request()) signal_all(SIGUSR1);
  }

  void note_end(Rank& rank, int status) {
    rank.process = 0;
    // A stop that came before the engine heard signals is a stop all the same.
    const bool was_stopped = WIFSIGNALED(status) && WTERMSIG(status) == SIGTERM && stop_was_passed_on_;
    rank.was_killed = WIFSIGNALED(status) && !was_stopped;
    rank.code = was_stopped       ? static_cast<int>(ExitCode::interrupted)
                : rank.was_killed ? kLost
                                  : WEXITSTATUS(status);
    if (rank.code != 0 && rank.number > 0 && !rank.was_killed && speaker_ == nullptr) speaker_ = &rank;
    if (rank.code == 0 || code_ != 0) return;
    code_ = rank.code;
    if (rank.was_killed)
      write_stderr(fmt::format("retort: rank {} of {} was killed by signal {}\n", rank.number, ranks_.size(),
                               WTERMSIG(status)));
    // Whoever was asked to stop saves, and takes its time; who lost a peer has nothing left to do.
    if (code_ == static_cast<int>(ExitCode::interrupted)) return;
    deadline_ = Clock::now() + (code_ == kLost ? std::chrono::seconds(4) : std::chrono::seconds(30));
  }

  // Rank 0 has spoken for itself. What another said first is said where rank 0 only lost it, or said nothing.
  void say_why() const {
    const Rank& main = ranks_.front();
    const bool has_spoken = main.code != 0 && !main.was_killed;
    if (speaker_ == nullptr || (has_spoken && (main.code != kLost || speaker_->code == kLost))) return;
    write_stderr(speaker_->words->text());
  }

  std::vector<Rank> ranks_;
  int code_ = 0;                                 // of the first that failed
  const Rank* speaker_ = nullptr;                // the first other than rank 0 that said why
  std::optional<Clock::time_point> deadline_{};  // for those that are left
  bool stop_was_passed_on_ = false;
};

}  // namespace

int ranks_to_start(const config::Node& config) {
  const auto training = trainer::TrainingOptions::from(config);
  const trainer::TrainerOptions& options = training.trainer;
  const auto place = distributed::place_from_environment();
  const int64_t size = options.devices.value_or(1) * options.num_nodes;
  if (place && options.devices && size != place->size)
    throw Error(ExitCode::config,
                fmt::format("trainer.devices={} on trainer.num_nodes={} are {} processes, and the launcher "
                            "started {} (WORLD_SIZE); trainer.devices=auto takes the launcher's",
                            *options.devices, options.num_nodes, size, place->size));
  if (training.finds_batch_size() && (place || size > 1))
    throw Error(ExitCode::config,
                "callbacks.batch_size_finder is for one process: several would each find "
                "another size; give them data.batch_size");
  if (place) return 0;
  if (options.num_nodes > 1)
    throw Error(ExitCode::config,
                fmt::format("trainer.num_nodes={}: start the program with torchrun on each machine; its "
                            "environment (RANK, WORLD_SIZE, MASTER_ADDR, MASTER_PORT) is not there",
                            options.num_nodes));
  if (size > 1 && options.accelerator == trainer::Accelerator::cuda)
    trainer::check_gpus(size, trainer::CudaSupport::of_this_process());
  return size > 1 ? static_cast<int>(size) : 0;
}

int run_ranks(int ranks, const std::vector<std::string>& arguments) {
  watch_stop_signals();
  Ranks together;
  together.start(ranks, arguments);
  return together.wait();
}

}  // namespace retort::apps
