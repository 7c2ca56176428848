// SPDX-License-Identifier: MIT
#include "retort/config/hydra_config.h"

namespace retort::config {
namespace {

// The order of keys is that in which Hydra's schema declares them: it is the order of .hydra/hydra.yaml.
constexpr std::string_view kConfig = R"(
defaults:
  - output: default
  - launcher: basic
  - sweeper: basic
  - help: default
  - hydra_help: default
  - hydra_logging: default
  - job_logging: default
  - callbacks: null
  - env: default
mode: null
searchpath: []
run: {dir: "???"}
sweep: {dir: "???", subdir: "???"}
hydra_logging: ???
job_logging: ???
sweeper: ???
launcher: ???
callbacks: {}
help: {app_name: "???", header: "???", footer: "???", template: "???"}
hydra_help: {hydra_help: "???", template: "???"}
output_subdir: .hydra
overrides: {hydra: [], task: []}
job:
  name: ???
  chdir: null
  override_dirname: ???
  id: ???
  num: ???
  config_name: ???
  env_set: {}
  env_copy: []
  config:
    override_dirname: {kv_sep: "=", item_sep: ",", exclude_keys: []}
runtime:
  version: ???
  version_base: ???
  cwd: ???
  config_sources: ???
  output_dir: ???
  choices: {}
verbose: false
)";

constexpr std::string_view kBasicLauncher = R"(
_target_: hydra._internal.core_plugins.basic_launcher.BasicLauncher
)";

constexpr std::string_view kBasicSweeper = R"(
_target_: hydra._internal.core_plugins.basic_sweeper.BasicSweeper
max_batch_size: null
params: null
)";

constexpr std::string_view kOutput = R"(# @package hydra
run:
  dir: outputs/${now:%Y-%m-%d}/${now:%H-%M-%S}
sweep:
  dir: multirun/${now:%Y-%m-%d}/${now:%H-%M-%S}
  subdir: ${hydra.job.num}
)";

constexpr std::string_view kHelp = R"(
app_name: ${hydra.job.name}
header: |
  ${hydra.help.app_name} is powered by Hydra.
footer: |
  Powered by Hydra (https://hydra.cc)
  Use --hydra-help to view Hydra specific help
template: |
  ${hydra.help.header}
  == Configuration groups ==
  Compose your configuration from those groups (group=option)

  $APP_CONFIG_GROUPS

  == Config ==
  Override anything in the config (foo.bar=value)

  $CONFIG

  ${hydra.help.footer}
)";

constexpr std::string_view kHydraHelp = R"(
template: |
  Hydra (${hydra.runtime.version})
  See https://hydra.cc for more info.

  == Flags ==
  $FLAGS_HELP

  == Configuration groups ==
  Compose your configuration from those groups (For example, append hydra/job_logging=disabled to command line)

  $HYDRA_CONFIG_GROUPS

  Use '--cfg hydra' to Show the Hydra config.
)";

constexpr std::string_view kHydraLogging = R"(
version: 1
formatters:
  simple: {format: "[%(asctime)s][HYDRA] %(message)s"}
handlers:
  console: {class: logging.StreamHandler, formatter: simple, stream: "ext://sys.stdout"}
root: {level: INFO, handlers: [console]}
loggers:
  logging_example: {level: DEBUG}
disable_existing_loggers: false
)";

constexpr std::string_view kHydraLoggingDebug = R"(
version: 1
formatters:
  simple: {format: "[%(asctime)s][%(name)s][%(levelname)s] - %(message)s"}
handlers:
  file:
    class: logging.FileHandler
    mode: w
    formatter: simple
    filename: hydra-${hydra.job.name}.log
    delay: true
root: {level: ERROR, handlers: [file]}
loggers:
  hydra: {level: DEBUG}
disable_existing_loggers: false
)";

constexpr std::string_view kJobLogging = R"(
version: 1
formatters:
  simple: {format: "[%(asctime)s][%(name)s][%(levelname)s] - %(message)s"}
handlers:
  console: {class: logging.StreamHandler, formatter: simple, stream: "ext://sys.stdout"}
  file:
    class: logging.FileHandler
    formatter: simple
    filename: ${hydra.runtime.output_dir}/${hydra.job.name}.log
root: {level: INFO, handlers: [console, file]}
disable_existing_loggers: false
)";

constexpr std::string_view kJobLoggingStdout = R"(
version: 1
formatters:
  simple: {format: "%(message)s"}
handlers:
  console: {class: logging.StreamHandler, formatter: simple, stream: "ext://sys.stdout"}
root: {level: INFO, handlers: [console]}
disable_existing_loggers: false
)";

constexpr std::string_view kLoggingNone = "{version: 1, root: null, disable_existing_loggers: false}";
constexpr std::string_view kLoggingDisabled =
    "{version: 1, root: {level: ERROR}, disable_existing_loggers: true}";

}  // namespace

std::map<std::string, std::string_view> hydra_package_configs() {
  return {
      {"hydra/env/default", ""},
      {"hydra/help/default", kHelp},
      {"hydra/hydra_help/default", kHydraHelp},
      {"hydra/hydra_logging/default", kHydraLogging},
      {"hydra/hydra_logging/disabled", kLoggingDisabled},
      {"hydra/hydra_logging/hydra_debug", kHydraLoggingDebug},
      {"hydra/hydra_logging/none", kLoggingNone},
      {"hydra/job_logging/default", kJobLogging},
      {"hydra/job_logging/disabled", kLoggingDisabled},
      {"hydra/job_logging/none", kLoggingNone},
      {"hydra/job_logging/stdout", kJobLoggingStdout},
      {"hydra/output/default", kOutput},
  };
}

std::map<std::string, std::string_view> hydra_schema_configs() {
  return {
      {"_dummy_empty_config_", ""},
      {"hydra/config", kConfig},
      {"hydra/launcher/basic", kBasicLauncher},
      {"hydra/sweeper/basic", kBasicSweeper},
  };
}

}  // namespace retort::config
