# retort_module(NAME [TORCH] [DEPENDS module...] [LIBRARIES library...])
#
# One folder of src/retort is one static library and one namespace. DEPENDS are the modules whose headers
# it may include; tests/support/check_layers.py holds the includes to it. LIBRARIES are outside ones.
function(retort_module name)
  cmake_parse_arguments(MODULE "TORCH" "" "DEPENDS;LIBRARIES" ${ARGN})
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.cpp)
  if(NOT sources)
    set(sources ${CMAKE_BINARY_DIR}/empty.cpp)
    file(WRITE ${sources} "")
  endif()
  add_library(retort_${name} STATIC ${sources})
  target_include_directories(retort_${name} PUBLIC ${CMAKE_SOURCE_DIR}/src)
  list(TRANSFORM MODULE_DEPENDS PREPEND retort_)
  target_link_libraries(retort_${name} PUBLIC ${MODULE_DEPENDS} PRIVATE retort_flags PUBLIC ${MODULE_LIBRARIES})
  if(MODULE_TORCH)
    retort_use_torch(retort_${name})
  endif()
endfunction()
