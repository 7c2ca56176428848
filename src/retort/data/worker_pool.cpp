// SPDX-License-Identifier: MIT
#include "retort/data/worker_pool.h"

#include <algorithm>
#include <utility>

namespace retort::data {

WorkerPool::WorkerPool(int threads) {
  threads_.reserve(static_cast<size_t>(threads));
  for (int i = 0; i < threads; ++i) threads_.emplace_back([this](std::stop_token stop) { work(stop); });
}

WorkerPool::~WorkerPool() { clear(); }

void WorkerPool::submit(std::function<void()> job) {
  {
    const std::lock_guard lock(mutex_);
    jobs_.push_back(std::make_unique<Job>(Job{.run = std::move(job)}));
    ++waiting_;
  }
  submitted_.notify_one();
}

void WorkerPool::collect_oldest() {
  std::unique_lock lock(mutex_);
  done_.wait(lock, [&] { return jobs_.front()->is_done; });
  const std::unique_ptr<Job> job = std::move(jobs_.front());
  jobs_.pop_front();
  lock.unlock();
  if (job->error) std::rethrow_exception(job->error);
}

void WorkerPool::clear() {
  std::unique_lock lock(mutex_);
  jobs_.resize(jobs_.size() - waiting_);
  waiting_ = 0;
  done_.wait(lock, [&] {
    return std::all_of(jobs_.begin(), jobs_.end(), [](const auto& job) { return job->is_done; });
  });
  jobs_.clear();
}

void WorkerPool::work(std::stop_token stop) {
  std::unique_lock lock(mutex_);
  while (submitted_.wait(lock, stop, [&] { return waiting_ > 0; })) {
    Job& job = *jobs_[jobs_.size() - waiting_];
    --waiting_;
    lock.unlock();
    try {
      job.run();
    } catch (...) {
      job.error = std::current_exception();
    }
    lock.lock();
    job.is_done = true;
    done_.notify_all();
  }
}

}  // namespace retort::data
