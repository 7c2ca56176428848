# retort_module(NAME [TORCH] [SOURCES file...] [EXCLUDE file...] [DEPENDS module...] [LIBRARIES library...])
#
# One folder of src/retort is one static library and one namespace. DEPENDS are the modules whose headers
# it may include; tests/support/check_layers.py holds the includes to it. LIBRARIES are outside ones.
# A folder that is only in part about tensors is two libraries: one of SOURCES, one of all but those (EXCLUDE).
function(retort_module name)
  cmake_parse_arguments(MODULE "TORCH" "" "SOURCES;EXCLUDE;DEPENDS;LIBRARIES" ${ARGN})
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.cpp)
  list(TRANSFORM MODULE_EXCLUDE PREPEND ${CMAKE_CURRENT_SOURCE_DIR}/)
  if(MODULE_SOURCES)
    set(sources ${MODULE_SOURCES})
  elseif(MODULE_EXCLUDE)
    list(REMOVE_ITEM sources ${MODULE_EXCLUDE})
  endif()
  add_library(retort_${name} STATIC ${sources})
  target_include_directories(retort_${name} PUBLIC ${CMAKE_SOURCE_DIR}/src)
  list(TRANSFORM MODULE_DEPENDS PREPEND retort_)
  target_link_libraries(retort_${name} PUBLIC ${MODULE_DEPENDS} PRIVATE retort_flags PUBLIC ${MODULE_LIBRARIES})
  if(MODULE_TORCH)
    retort_use_torch(retort_${name})
  endif()
endfunction()
