# millrace_embed(TARGET FILE SYMBOL): the text of FILE as `extern const std::string_view
# millrace::embedded::SYMBOL`, declared by who uses it. Configured again when the file changes.
function(millrace_embed target file symbol)
  get_filename_component(path ${file} ABSOLUTE BASE_DIR ${CMAKE_SOURCE_DIR})
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${path})
  file(READ ${path} text)
  set(made ${CMAKE_CURRENT_BINARY_DIR}/embedded_${symbol}.cc)
  file(CONFIGURE OUTPUT ${made} @ONLY CONTENT
"// Made from ${file}.
#include <string_view>
namespace millrace::embedded {
extern const std::string_view ${symbol};
const std::string_view ${symbol} = R\"embedded(@text@)embedded\";
}  // namespace millrace::embedded
")
  set_source_files_properties(${made} PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)
  target_sources(${target} PRIVATE ${made})
endfunction()
