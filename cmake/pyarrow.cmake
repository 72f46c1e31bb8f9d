# Apache Arrow and Parquet out of the pyarrow wheel: headers and shared libraries, no CMake config.
# deploy/arrow fetches it. Without it everything builds, and jobs with Parquet objects are refused.
set(MILLRACE_PYARROW_DIR "" CACHE PATH
  "folder pyarrow of an installed wheel; empty = where deploy/arrow puts it")

set(pyarrow ${MILLRACE_PYARROW_DIR})
if(NOT pyarrow)
  set(tools $ENV{MILLRACE_TOOLS})
  if(NOT tools)
    set(cache $ENV{XDG_CACHE_HOME})
    if(NOT cache)
      set(cache $ENV{HOME}/.cache)
    endif()
    set(tools ${cache}/millrace)
  endif()
  # Looked for at every build: found as soon as it has been fetched.
  file(GLOB pyarrow CONFIGURE_DEPENDS ${tools}/pyarrow-22.0.0/lib/python3*/site-packages/pyarrow)
endif()

file(GLOB libarrow ${pyarrow}/libarrow.so.*)
file(GLOB libparquet ${pyarrow}/libparquet.so.*)
set(MILLRACE_PARQUET OFF)
if(pyarrow AND libarrow AND libparquet AND EXISTS ${pyarrow}/include/parquet/api/writer.h)
  set(MILLRACE_PARQUET ON)
  message(STATUS "Parquet: Apache Arrow of ${pyarrow}")
  foreach(name arrow parquet)
    add_library(pyarrow_${name} SHARED IMPORTED GLOBAL)
    set_target_properties(pyarrow_${name} PROPERTIES
      IMPORTED_LOCATION ${lib${name}}
      INTERFACE_INCLUDE_DIRECTORIES ${pyarrow}/include)  # of an imported target: SYSTEM
  endforeach()
  # libparquet shows the symbols of an OpenSSL of its own: the system's comes before it in every program,
  # or libcrypto's calls among themselves end there.
  add_link_options(LINKER:--push-state,--no-as-needed,-lcrypto,--pop-state)
  # Beside the installed program, which finds them from where it stands.
  install(FILES ${libarrow} ${libparquet} DESTINATION ${CMAKE_INSTALL_LIBDIR}/millrace)
  set(CMAKE_INSTALL_RPATH "$ORIGIN/../${CMAKE_INSTALL_LIBDIR}/millrace")
else()
  message(STATUS "Parquet: not built, deploy/arrow fetches what it needs")
endif()
