# The libraries of a CUDA build of the torch package, imported by hand: the package's own CMake files ask for a whole CUDA
# toolkit (cuBLAS, cuFFT, ...), of which nothing is needed here but nvcc and CUDA's own headers. Without these two the
# program for the CPU is built against the same package, and one line says so.
get_filename_component(torch_folder ${torch_prefix}/../.. ABSOLUTE)

function(retort_import_torch)
  foreach(library ${ARGN})
    add_library(${library} SHARED IMPORTED)
    set_target_properties(${library} PROPERTIES IMPORTED_LOCATION ${torch_folder}/lib/lib${library}.so)
  endforeach()
endfunction()

# Why nothing can be compiled for the GPU; empty where it can.
function(retort_find_cuda reason)
  if(NOT RETORT_CUDA)
    set(${reason} "RETORT_CUDA is OFF" PARENT_SCOPE)
    return()
  endif()
  find_program(RETORT_NVCC nvcc HINTS ENV CUDA_HOME PATHS /usr/local/cuda PATH_SUFFIXES bin)
  if(NOT RETORT_NVCC)
    set(${reason} "nvcc is not found" PARENT_SCOPE)
    return()
  endif()
  execute_process(COMMAND ${RETORT_NVCC} --version OUTPUT_VARIABLE text ERROR_QUIET)
  string(REGEX MATCH "release ([0-9]+)" match "${text}")
  set(major "${CMAKE_MATCH_1}")
  # Code of one major version of CUDA runs on the runtime of that version alone, and the package has brought one.
  if(NOT torch_cuda MATCHES "^${major}\\.")
    set(${reason} "nvcc is of CUDA ${major}" PARENT_SCOPE)
    return()
  endif()
  get_filename_component(packages ${torch_folder}/.. ABSOLUTE)
  find_file(RETORT_CUDART libcudart.so.${major}
            PATHS ${packages}/nvidia/cu${major} ${packages}/nvidia/cuda_runtime /usr/local/cuda
            PATH_SUFFIXES lib lib64 NO_DEFAULT_PATH)
  if(NOT RETORT_CUDART)
    set(${reason} "libcudart is not found" PARENT_SCOPE)
  endif()
endfunction()

retort_import_torch(c10 torch_cpu)
target_include_directories(retort_torch SYSTEM INTERFACE ${torch_folder}/include ${torch_folder}/include/torch/csrc/api/include)
target_compile_definitions(retort_torch INTERFACE USE_DISTRIBUTED USE_C10D_GLOO USE_RPC USE_TENSORPIPE)  # as its target has it
# What these libraries need they find by their own RPATH, so the linker need not.
target_link_libraries(retort_torch INTERFACE torch_cpu c10)
target_link_options(retort_torch INTERFACE -Wl,--allow-shlib-undefined)

retort_find_cuda(reason)
if(reason)
  message(STATUS "PyTorch is built for CUDA ${torch_cuda}, but ${reason}: retort is built for the CPU alone")
  return()
endif()

if(NOT CMAKE_CUDA_ARCHITECTURES)
  # What this build of PyTorch runs on: machine code for each, and for later GPUs the newest one's PTX.
  execute_process(
    COMMAND ${RETORT_PYTHON} -c "import torch; names = [a[3:] for a in torch.cuda.get_arch_list() if a.startswith('sm_')]; print(*(a + '-real' for a in names[:-1]), names[-1], sep=';')"
    OUTPUT_VARIABLE CMAKE_CUDA_ARCHITECTURES OUTPUT_STRIP_TRAILING_WHITESPACE COMMAND_ERROR_IS_FATAL ANY)
endif()
set(CMAKE_CUDA_COMPILER ${RETORT_NVCC})
set(CMAKE_CUDA_RUNTIME_LIBRARY None)  # PyTorch's own, below: there is one in a process
enable_language(CUDA)
if(NOT CMAKE_CUDA20_STANDARD_COMPILE_OPTION)  # CMake before 3.25.2 does not know nvcc's C++20
  set(CMAKE_CUDA20_STANDARD_COMPILE_OPTION -std=c++20)
  set(CMAKE_CUDA20_EXTENSION_COMPILE_OPTION -std=c++20)
endif()
set(RETORT_HAS_CUDA ON)
retort_import_torch(c10_cuda torch_cuda)
add_library(retort_cudart SHARED IMPORTED)
set_target_properties(retort_cudart PROPERTIES IMPORTED_LOCATION ${RETORT_CUDART})
# torch_cuda is kept though nothing refers to it: it registers its kernels as it is loaded.
target_link_libraries(retort_torch INTERFACE -Wl,--no-as-needed torch_cuda -Wl,--as-needed c10_cuda retort_cudart)

# For several GPUs: NCCL's header, of the very version that PyTorch was built with, and what PyTorch's own header of it includes.
file(GLOB places ${torch_folder}/../nvidia/cu*/include)
find_path(RETORT_NCCL_INCLUDE nccl.h PATHS ${torch_folder}/../nvidia/nccl/include NO_DEFAULT_PATH)
find_path(RETORT_CUSPARSE_INCLUDE cusparse.h PATHS ${places} ${CMAKE_CUDA_TOOLKIT_INCLUDE_DIRECTORIES} NO_DEFAULT_PATH)
if(RETORT_NCCL_INCLUDE AND RETORT_CUSPARSE_INCLUDE)
  set(RETORT_NCCL_INCLUDES ${RETORT_NCCL_INCLUDE} ${CMAKE_CUDA_TOOLKIT_INCLUDE_DIRECTORIES} ${RETORT_CUSPARSE_INCLUDE})
else()
  message(STATUS "NCCL's or cuSPARSE's header is not found beside the torch package: retort is built for one GPU")
endif()
message(STATUS "retort is built for the CPU and for CUDA ${torch_cuda} (nvcc: ${RETORT_NVCC})")
