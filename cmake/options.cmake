# Compiler switches of our own code. Generated and outside headers are SYSTEM includes.
set(MILLRACE_SANITIZE "" CACHE STRING "value of -fsanitize, for example address,undefined")

add_library(millrace_options INTERFACE)
target_compile_options(millrace_options INTERFACE
  -Wall -Wextra -Wno-missing-field-initializers -Wpedantic -Wshadow -Wconversion -Werror -fno-omit-frame-pointer)
# False alarms of g++ 12: uninitialized members where a std::variant moves, and unnamed namespaces of
# the files that a unity build puts together.
target_compile_options(millrace_options INTERFACE -Wno-maybe-uninitialized -Wno-subobject-linkage)
target_include_directories(millrace_options INTERFACE ${CMAKE_SOURCE_DIR})
if(MILLRACE_SANITIZE)
  add_compile_options(-fsanitize=${MILLRACE_SANITIZE} -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${MILLRACE_SANITIZE})
elseif(CMAKE_BUILD_TYPE STREQUAL "RelWithDebInfo")
  # AVX2 and friends exist on every x86-64 server of the last ten years; v2 keeps older ones working.
  if(CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64")
    target_compile_options(millrace_options INTERFACE -march=x86-64-v2)
  endif()
  target_compile_options(millrace_options INTERFACE -fstack-protector-strong)
  target_compile_definitions(millrace_options INTERFACE _FORTIFY_SOURCE=2 _GLIBCXX_ASSERTIONS)
endif()

find_program(CCACHE ccache)
if(CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CCACHE})
endif()

# A library of one folder: all .cc below it, no tests. Files are found by name so that adding one is
# one step; CONFIGURE_DEPENDS makes the build look again.
function(millrace_library name folder)
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${folder}/*.cc)
  add_library(${name} STATIC ${sources})
  target_link_libraries(${name} PUBLIC millrace_options)
endfunction()
