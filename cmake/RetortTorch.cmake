# LibTorch, from the torch package of RETORT_PYTHON (tools/setup says which), and one precompiled header for
# all modules that use it.
if(NOT RETORT_PYTHON)
  message(FATAL_ERROR "RETORT_PYTHON is not set: run 'make build', which finds or installs PyTorch")
endif()
execute_process(
  COMMAND ${RETORT_PYTHON} -c "import torch; print(torch.utils.cmake_prefix_path, torch.version.cuda or 'none', sep=';')"
  OUTPUT_VARIABLE torch_facts OUTPUT_STRIP_TRAILING_WHITESPACE COMMAND_ERROR_IS_FATAL ANY)
list(GET torch_facts 0 torch_prefix)
list(GET torch_facts 1 torch_cuda)

add_library(retort_torch INTERFACE)
set(RETORT_HAS_CUDA OFF)
if(torch_cuda STREQUAL "none")
  find_package(Torch REQUIRED PATHS ${torch_prefix} NO_DEFAULT_PATH)
  target_include_directories(retort_torch SYSTEM INTERFACE ${TORCH_INCLUDE_DIRS})
  target_link_libraries(retort_torch INTERFACE ${TORCH_LIBRARIES})
else()
  include(RetortCuda)
endif()
# The wheel has headers of a newer fmt than the system's library, and none of its own.
target_compile_definitions(retort_torch INTERFACE FMT_HEADER_ONLY)

file(WRITE ${CMAKE_BINARY_DIR}/torch_pch.cpp "")
add_library(retort_torch_pch STATIC ${CMAKE_BINARY_DIR}/torch_pch.cpp)
target_link_libraries(retort_torch_pch PRIVATE retort_flags PUBLIC retort_torch)
target_precompile_headers(retort_torch_pch PRIVATE
  <torch/types.h> <torch/nn/module.h> <torch/nn/modules/conv.h> <torch/nn/modules/batchnorm.h>
  <torch/nn/modules/linear.h> <torch/nn/modules/container/sequential.h>
  <algorithm> <map> <memory> <optional> <span> <string> <string_view> <vector>)

# ccache would read the half gigabyte of the precompiled header to know a source's key: that takes longer than it saves.
set_target_properties(retort_torch_pch PROPERTIES CXX_COMPILER_LAUNCHER "")

function(retort_use_torch target)
  target_link_libraries(${target} PUBLIC retort_torch)
  target_precompile_headers(${target} REUSE_FROM retort_torch_pch)
  set_target_properties(${target} PROPERTIES CXX_COMPILER_LAUNCHER "")
  # A program would be compiled with -fPIE, and the header was made with -fPIC: GCC refuses the mixture.
  get_target_property(type ${target} TYPE)
  if(type STREQUAL "EXECUTABLE")
    set_target_properties(${target} PROPERTIES POSITION_INDEPENDENT_CODE OFF)
    target_compile_options(${target} PRIVATE -fPIC)
  endif()
endfunction()
