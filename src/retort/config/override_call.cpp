// SPDX-License-Identifier: MIT
#include "retort/config/override_call.h"

#include <algorithm>

#include <fmt/format.h>

#include "retort/core/text.h"

namespace retort::config {

CallArguments::CallArguments(OverrideCall call, std::vector<std::string> names, bool takes_any)
    : call_(std::move(call)), names_(std::move(names)) {
  for (const auto& [name, value] : call_.named_arguments)
    if (std::find(names_.begin(), names_.end(), name) == names_.end())
      throw CallError(
          fmt::format("{}() has no argument '{}'.{}", call_.name, name, did_you_mean(name, names_)));
  if (takes_any) return;
  if (call_.arguments.size() > names_.size())
    throw CallError(fmt::format("{}() takes at most {} arguments", call_.name, names_.size()));
  for (size_t i = 0; i < call_.arguments.size(); ++i) {
    if (find(names_[i]) != nullptr)
      throw CallError(fmt::format("{}() got two values for '{}'", call_.name, names_[i]));
    call_.named_arguments.emplace_back(names_[i], std::move(call_.arguments[i]));
  }
}

const Element* CallArguments::find(std::string_view name) const {
  const auto& named = call_.named_arguments;
  const auto found =
      std::find_if(named.rbegin(), named.rend(), [&](const auto& item) { return item.first == name; });
  return found == named.rend() ? nullptr : &found->second;
}

const Element* CallArguments::find_given(std::string_view name) const {
  const Element* element = find(name);
  return element == nullptr || element->is_null() ? nullptr : element;
}

const Element& CallArguments::get(std::string_view name) const {
  const Element* element = find(name);
  if (element == nullptr) throw CallError(fmt::format("{}() needs '{}'", call_.name, name));
  return *element;
}

void CallArguments::move_named_to_positional() {
  const Element* sweep = find_given("sweep");
  if (sweep != nullptr && !sweep->is<ChoiceSweep>() && !sweep->is<RangeSweep>())
    refuse(*sweep, "a choice() or range() for 'sweep'");
  const Element* list = find_given("list");
  if (list != nullptr && !list->is<Element::List>()) refuse(*list, "a list for 'list'");
  if (sweep != nullptr) call_.arguments = {*sweep};
  if (list != nullptr) call_.arguments = {*list};
}

void CallArguments::refuse(const Element& element, std::string_view expected) const {
  throw CallError(fmt::format("{}() takes {}, not {}", call_.name, expected, describe(element)));
}

}  // namespace retort::config
