// SPDX-License-Identifier: MIT
#include "retort/config/sweep_range.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdlib>

#include <fmt/format.h>

#include "retort/config/override_call.h"

namespace retort::config {
namespace {

constexpr size_t kMaxValues = 10'000;  // no sweep has more jobs

// Python's Decimal in its default context, as far as a range needs it: a double becomes its exact value, and
// a sum is rounded to 28 significant digits, half to even.
class Decimal {
 public:
  explicit Decimal(double value) : is_negative_(std::signbit(value)) {
    // Every double has a finite decimal expansion, of at most 309 digits before and kFraction after the
    // point.
    char buffer[309 + 1 + kFraction];
    const auto end =
        std::to_chars(buffer, buffer + sizeof buffer, std::abs(value), std::chars_format::fixed, kFraction)
            .ptr;
    digits_.assign(buffer, end);
    digits_.erase(digits_.find('.'), 1);
  }

  Decimal operator+(const Decimal& other) const {
    Decimal sum = *this;
    if (is_negative_ == other.is_negative_) {
      sum.digits_ = add(digits_, other.digits_);
    } else if (compare(digits_, other.digits_) >= 0) {
      sum.digits_ = subtract(digits_, other.digits_);
    } else {
      sum.digits_ = subtract(other.digits_, digits_);
      sum.is_negative_ = other.is_negative_;
    }
    if (is_negative_ != other.is_negative_ && sum.is_zero()) sum.is_negative_ = false;  // -1 + 1 is no -0
    sum.round();
    return sum;
  }

  double to_double() const {
    std::string text = (is_negative_ ? "-" : "") + digits_;
    text.insert(text.size() - size_t{kFraction}, ".");
    return std::strtod(text.c_str(), nullptr);
  }

  bool operator<(const Decimal& other) const {
    if (is_zero() && other.is_zero()) return false;
    if (is_negative_ != other.is_negative_) return is_negative_;
    return is_negative_ ? compare(other.digits_, digits_) < 0 : compare(digits_, other.digits_) < 0;
  }

 private:
  static constexpr int kFraction = 1074;
  static constexpr size_t kPrecision = 28;

  static void align(std::string& a, std::string& b) {
    a.insert(0, std::max(a.size(), b.size()) - a.size(), '0');
    b.insert(0, a.size() - b.size(), '0');
  }

  static int compare(std::string a, std::string b) {
    align(a, b);
    return a.compare(b);
  }

  static std::string add(std::string a, std::string b) {
    align(a, b);
    int carry = 0;
    for (size_t i = a.size(); i-- > 0;) {
      const int sum = a[i] - '0' + b[i] - '0' + carry;
      a[i] = static_cast<char>('0' + sum % 10);
      carry = sum / 10;
    }
    return carry != 0 ? "1" + a : a;
  }

  // a >= b
  static std::string subtract(std::string a, std::string b) {
    align(a, b);
    int borrow = 0;
    for (size_t i = a.size(); i-- > 0;) {
      const int difference = a[i] - b[i] - borrow;
      borrow = difference < 0 ? 1 : 0;
      a[i] = static_cast<char>('0' + difference + borrow * 10);
    }
    return a;
  }

  bool is_zero() const { return digits_.find_first_not_of('0') == digits_.npos; }

  void round() {
    const size_t first = digits_.find_first_not_of('0');
    if (first == digits_.npos || first + kPrecision >= digits_.size()) return;
    const size_t cut = first + kPrecision;
    const std::string tail = digits_.substr(cut);
    std::fill(digits_.begin() + static_cast<std::ptrdiff_t>(cut), digits_.end(), '0');
    const std::string half = "5" + std::string(tail.size() - 1, '0');
    const bool is_odd = (digits_[cut - 1] - '0') % 2 == 1;
    if (tail > half || (tail == half && is_odd)) digits_ = add(digits_, "1" + std::string(tail.size(), '0'));
  }

  bool is_negative_;
  std::string digits_;  // the whole part, then kFraction places, without the point
};

double as_double(const Number& number) {
  return std::visit([](auto value) { return static_cast<double>(value); }, number);
}

std::vector<std::string> integer_values(int64_t start, int64_t stop, int64_t step) {
  std::vector<std::string> values;
  for (int64_t value = start; step > 0 ? value < stop : value > stop;) {
    values.push_back(std::to_string(value));
    if (__builtin_add_overflow(value, step, &value)) break;
  }
  return values;
}

std::vector<std::string> float_values(const Number& start, const Number& stop, const Number& step) {
  std::vector<std::string> values;
  const Decimal last(as_double(stop)), increment(as_double(step));
  const bool ascends = as_double(step) > 0;
  for (Decimal value(as_double(start));
       (ascends ? value < last : last < value) && values.size() <= kMaxValues; value = value + increment)
    values.push_back(python_float(value.to_double()));
  return values;
}

}  // namespace

std::vector<std::string> range_values(const RangeSweep& range) {
  const double start = as_double(range.start), stop = as_double(range.stop), step = as_double(range.step);
  if (!std::isfinite(start) || !std::isfinite(stop) || !std::isfinite(step))
    throw CallError("the bounds of a range must be finite");
  if (step == 0) throw CallError("the step of a range must not be zero");
  if ((stop - start) / step > static_cast<double>(kMaxValues))
    throw CallError(fmt::format("the range has more than {} values", kMaxValues));

  const bool is_integral = std::holds_alternative<int64_t>(range.start) &&
                           std::holds_alternative<int64_t>(range.stop) &&
                           std::holds_alternative<int64_t>(range.step);
  if (!is_integral) return float_values(range.start, range.stop, range.step);
  return integer_values(std::get<int64_t>(range.start), std::get<int64_t>(range.stop),
                        std::get<int64_t>(range.step));
}

}  // namespace retort::config
