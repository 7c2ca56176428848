# retort_module(NAME [TORCH] [SOURCES pattern...] [EXCLUDE pattern...] [DEPENDS module...] [LIBRARIES library...])
#
# One folder of src/retort is one static library and one namespace. DEPENDS are the modules whose headers
# it may include; tests/support/check_layers.py holds the includes to it. LIBRARIES are outside ones.
# A folder that is only in part about tensors is two libraries or three, each of the files of SOURCES or of all but those of
# EXCLUDE. NAME_options reads the configuration without LibTorch: the front checks every key with it before an engine starts.
function(retort_module name)
  cmake_parse_arguments(MODULE "TORCH" "" "SOURCES;EXCLUDE;DEPENDS;LIBRARIES" ${ARGN})
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.cpp ${CMAKE_CURRENT_SOURCE_DIR}/*.cu)
  foreach(part SOURCES EXCLUDE)
    list(TRANSFORM MODULE_${part} PREPEND ${CMAKE_CURRENT_SOURCE_DIR}/)
    if(MODULE_${part})
      file(GLOB MODULE_${part} CONFIGURE_DEPENDS ${MODULE_${part}})
    endif()
  endforeach()
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
