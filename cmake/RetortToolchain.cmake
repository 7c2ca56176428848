# Language, warnings, sanitizers, and the two tools that make builds quick where they are present.
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin)
if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Release CACHE STRING "" FORCE)
endif()

find_program(RETORT_CCACHE ccache)
if(RETORT_CCACHE)
  # Precompiled headers and ccache get along only when told that the header's time does not matter.
  set(CMAKE_CXX_COMPILER_LAUNCHER
      ${CMAKE_COMMAND} -E env CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime
      ${RETORT_CCACHE})
endif()
find_program(RETORT_MOLD mold)
if(RETORT_MOLD)
  add_link_options(-fuse-ld=mold)
endif()

add_library(retort_flags INTERFACE)
# The compiled library: from headers alone every file would compile its formatting anew, six seconds each under sanitizers.
find_package(fmt 8 REQUIRED)
target_link_libraries(retort_flags INTERFACE fmt::fmt)
target_compile_options(retort_flags INTERFACE
  $<$<COMPILE_LANGUAGE:CXX>:-Wall$<SEMICOLON>-Wextra$<SEMICOLON>-Wpedantic$<SEMICOLON>-Wshadow$<SEMICOLON>-Werror>
  # nvcc writes C++ that is not pedantic; constexpr functions are for the device, too.
  $<$<COMPILE_LANGUAGE:CUDA>:-Werror=all-warnings$<SEMICOLON>-Xcompiler=-Wall,-Wextra,-Werror$<SEMICOLON>--expt-relaxed-constexpr>)
if(RETORT_SANITIZE)
  target_compile_options(retort_flags INTERFACE -fsanitize=${RETORT_SANITIZE} -fno-sanitize-recover=all
                                                -fno-omit-frame-pointer -g1)
  target_link_options(retort_flags INTERFACE -fsanitize=${RETORT_SANITIZE})
endif()
