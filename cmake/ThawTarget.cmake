# What every target of the project is compiled with. -ffp-contract=off and no -march: the same seed gives the
# same bytes on every machine.
add_library(thaw_flags INTERFACE)
target_include_directories(thaw_flags INTERFACE ${PROJECT_SOURCE_DIR})
target_compile_options(thaw_flags INTERFACE -Wall -Wextra -Wconversion -Wshadow -Wpedantic -ffp-contract=off)
# GCC 12 sees overlapping copies in every "literal" + std::string (its bug 105651).
target_compile_options(thaw_flags INTERFACE -Wno-restrict)
if(THAW_WERROR)
  target_compile_options(thaw_flags INTERFACE -Werror)
endif()
if(THAW_SANITIZE)
  target_compile_options(thaw_flags INTERFACE -fsanitize=address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer)
  target_link_options(thaw_flags INTERFACE -fsanitize=address,undefined)
endif()

# thaw_library(NAME SOURCES … DEPS …): a folder of the tree as one static library.
function(thaw_library name)
  cmake_parse_arguments(ARG "" "" "SOURCES;DEPS;PRIVATE_DEPS" ${ARGN})
  add_library(${name} STATIC ${ARG_SOURCES})
  target_link_libraries(${name} PUBLIC thaw_flags ${ARG_DEPS} PRIVATE ${ARG_PRIVATE_DEPS})
endfunction()

# thaw_seldom(TARGETS…): what runs once a command, or a few times a second, need not be as fast as it can; it compiles
# in three quarters of the time.
function(thaw_seldom)
  foreach(target ${ARGN})
    target_compile_options(${target} PRIVATE $<$<CONFIG:Release>:-O1>)
  endforeach()
endfunction()

# thaw_alone(FILES…): compiled alone, as their local names are those of their siblings.
function(thaw_alone)
  set_source_files_properties(${ARGN} PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)
endfunction()

# thaw_test(NAME SOURCES … DEPS … [LABEL slow]): one test program; ctest runs it whole, as one test.
function(thaw_test name)
  cmake_parse_arguments(ARG "" "LABEL" "SOURCES;DEPS" ${ARGN})
  if(NOT ARG_LABEL)
    set(ARG_LABEL fast)
  endif()
  add_executable(${name} ${ARG_SOURCES})
  # What is tested is optimised; the test itself need not be, and compiles in half the time.
  target_compile_options(${name} PRIVATE -O0)
  # A file's own names are in a namespace of its name.
  set_target_properties(${name} PROPERTIES UNITY_BUILD_BATCH_SIZE 12)
  target_link_libraries(${name} PRIVATE thaw_flags ${ARG_DEPS} GTest::gtest GTest::gtest_main)
  add_test(NAME ${name} COMMAND ${name} WORKING_DIRECTORY ${PROJECT_SOURCE_DIR})
  if(ARG_LABEL STREQUAL "fast")
    add_dependencies(fast_tests ${name})
  endif()
  set_tests_properties(${name} PROPERTIES LABELS ${ARG_LABEL} TIMEOUT 900
    ENVIRONMENT "THAW_BINARY=$<TARGET_FILE:thaw>")
endfunction()
