// SPDX-License-Identifier: MIT
#include <algorithm>

#include <fmt/format.h>

#include "retort/core/text.h"
#include "retort/report/config_table.h"
#include "retort/report/html.h"
#include "retort/report/sections.h"

namespace retort::report {
namespace {

std::string machine_rows(const Run& run) {
  const auto row = [](const std::string& name, const std::string& value) {
    return value.empty() ? "" : fmt::format("<tr><th>{}</th><td>{}</td></tr>", escaped(name), escaped(value));
  };
  const tracking::Machine& machine = run.record.machine;
  std::string rows = row("folder", run.folder.string()) + row("id", run.record.id) +
                     row("processor", fmt::format("{}, {} cores", machine.cpu, machine.cores)) +
                     row("threads", machine.threads > 0 ? fmt::format("{}", machine.threads) : "") +
                     row("memory", human_bytes(machine.memory_bytes)) + row("system", machine.os) +
                     row("commit", run.record.git_commit);
  for (const auto& [name, version] : run.record.versions) rows += row(name, version);
  return rows;
}

std::string command_of(const Run& run) { return "retort " + join(run.record.arguments, " "); }

std::string table_of(const std::vector<std::string>& columns, const std::vector<ConfigRow>& rows) {
  std::string html = "<div class=\"scroll\"><table><tr><th>key</th>";
  for (const std::string& column : columns) html += fmt::format("<th>{}</th>", escaped(column));
  html += "</tr>";
  for (const ConfigRow& row : rows) {
    html += fmt::format("<tr><th>{}</th>", escaped(row.key));
    for (const std::string& value : row.values)
      html += fmt::format("<td><code>{}</code></td>", escaped(value));
    html += "</tr>";
  }
  return html + "</table></div>";
}

}  // namespace

std::string configuration_section(const std::vector<Run>& runs) {
  const std::vector<ConfigRow> rows = config_rows(runs);
  std::vector<std::string> columns;
  for (const Run& run : runs) columns.push_back(runs.size() > 1 ? run.name : "value");
  std::string html = "<h2>What was run</h2>";
  const bool is_one_command = std::all_of(runs.begin(), runs.end(), [&](const Run& run) {
    return run.record.arguments == runs.front().record.arguments;
  });
  if (is_one_command) html += fmt::format("<pre>{}</pre>", escaped(command_of(runs.front())));
  for (const Run& run : runs) {
    if (runs.size() > 1) html += fmt::format("<h3>{}</h3>", escaped(run.name));
    if (!is_one_command) html += fmt::format("<pre>{}</pre>", escaped(command_of(run)));
    const std::vector<ConfigRow> own = rows_off_default(run);
    if (runs.size() == 1 && !own.empty())
      html += "<h3>What differs from the defaults</h3>" + table_of({"here", "default"}, own);
    else if ((runs.size() == 1 || !is_one_command) && !run.record.overrides.empty())
      html += fmt::format("<p>Differs from the defaults in <code>{}</code></p>",
                          escaped(join(run.record.overrides, " ")));
    html += fmt::format(
        "<details{}><summary>Machine and versions</summary><div class=\"scroll\"><table>{}</table>"
        "</div></details>",
        runs.size() == 1 ? " open" : "", machine_rows(run));
  }
  if (runs.size() > 1) {
    std::vector<ConfigRow> different = rows;
    std::erase_if(different, [](const ConfigRow& row) { return !row.differs; });
    if (!different.empty()) html += "<h3>Where the configurations differ</h3>" + table_of(columns, different);
  }
  return html + fmt::format("<details><summary>The whole configuration ({} keys)</summary>{}</details>",
                            rows.size(), table_of(columns, rows));
}

}  // namespace retort::report
