# The two words every room is built with.
#
#   house_room(<target> SOURCES ... DEPENDS ...)          a static library; the project root is its only include path
#   house_test(<source> ROOMS ... LABELS ... [EXTRA ...]) a QTest class, registered with ctest under its file's name

include(CMakeParseArguments)

add_library(house_flags INTERFACE)
target_compile_features(house_flags INTERFACE cxx_std_20)
target_include_directories(house_flags INTERFACE ${PROJECT_SOURCE_DIR})
target_compile_options(house_flags INTERFACE
    -Wall -Wextra -Wpedantic -Wshadow -Wold-style-cast -Woverloaded-virtual -Wnon-virtual-dtor -Wcast-qual)
# GCC 12 takes the unused half of a moved tl::expected for an uninitialised value.
target_compile_options(house_flags INTERFACE -Wno-maybe-uninitialized)
target_compile_definitions(house_flags INTERFACE
    QT_NO_CAST_FROM_ASCII QT_NO_CAST_TO_ASCII QT_NO_URL_CAST_FROM_STRING QT_NO_FOREACH
    QT_NO_NARROWING_CONVERSIONS_IN_CONNECT QT_STRICT_ITERATORS)
if(HOUSE_WERROR)
    target_compile_options(house_flags INTERFACE -Werror)
endif()
if(HOUSE_SANITIZE)
    target_compile_options(house_flags INTERFACE -fsanitize=${HOUSE_SANITIZE} -fno-omit-frame-pointer)
    target_link_options(house_flags INTERFACE -fsanitize=${HOUSE_SANITIZE})
endif()

# What nearly every file includes, compiled once and shared by all rooms and tests.
file(WRITE ${PROJECT_BINARY_DIR}/house_pch.cpp "")
add_library(house_pch STATIC ${PROJECT_BINARY_DIR}/house_pch.cpp)
target_link_libraries(house_pch PUBLIC house_flags Qt6::Core tl::expected Threads::Threads)
set(HOUSE_COMMON_HEADERS
    <QByteArray> <QDateTime> <QHash> <QJsonArray> <QJsonDocument> <QJsonObject> <QList> <QObject> <QString> <QStringList>
    <QUrl> <QVariant> <algorithm> <chrono> <functional> <map> <memory> <mutex> <optional> <string> <string_view>
    <thread> <unordered_map> <vector> <tl/expected.hpp>)
target_precompile_headers(house_pch PRIVATE ${HOUSE_COMMON_HEADERS})

# For test programs, which also include QTest. The sanitizers' build optimises what is tested, not the tests: that halves
# the time their sources take.
# The two names hold a different folder in each program, and one header serves them all; QTest asks for the third. Where
# another module makes it differ all the same, the header is read as it stands.
set(HOUSE_TEST_FLAGS -UQT_TESTCASE_BUILDDIR -UQT_TESTCASE_SOURCEDIR -UQT_NETWORK_LIB)
if(HOUSE_SANITIZE)
    list(APPEND HOUSE_TEST_FLAGS -O0)
endif()
if(HOUSE_TESTS)
    find_package(Qt6 6.4 REQUIRED COMPONENTS Test)
    add_library(house_test_pch STATIC ${PROJECT_BINARY_DIR}/house_pch.cpp)
    target_link_libraries(house_test_pch PUBLIC house_flags Qt6::Core Qt6::Test tl::expected Threads::Threads)
    target_compile_options(house_test_pch PRIVATE ${HOUSE_TEST_FLAGS})
    target_precompile_headers(house_test_pch PRIVATE <QtTest> ${PROJECT_SOURCE_DIR}/tests/program.h <QTemporaryDir> ${HOUSE_COMMON_HEADERS})
endif()

# With HOUSE_UNITY the sources of a target are compiled some at a time, which takes a third of the time; private names
# must then differ within a room. The dev preset compiles them one by one, so that a change costs little and an include
# that is missing is noticed.
set(HOUSE_UNITY_BATCH 8)
function(house_unity target)
    if(HOUSE_UNITY)
        set_target_properties(${target} PROPERTIES UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE ${HOUSE_UNITY_BATCH})
        # Takes the private types of an included source for those of a header.
        target_compile_options(${target} PRIVATE -Wno-subobject-linkage)
    endif()
endfunction()

function(house_room name)
    cmake_parse_arguments(ROOM "" "" "SOURCES;DEPENDS" ${ARGN})
    add_library(${name} STATIC ${ROOM_SOURCES})
    target_link_libraries(${name} PUBLIC house_flags ${ROOM_DEPENDS} PRIVATE Qt6::Core)
    target_precompile_headers(${name} REUSE_FROM house_pch)
    house_unity(${name})
endfunction()

# Adds those sources to a target that it does not have yet.
function(house_add_sources target)
    get_target_property(known ${target} SOURCES)
    foreach(source ${ARGN})
        get_filename_component(path ${source} ABSOLUTE)
        if(NOT path IN_LIST known)
            list(APPEND known ${path})
            target_sources(${target} PRIVATE ${path})
        endif()
    endforeach()
endfunction()

# The tests of a folder are one program, called as the folder (tests/program.h).
function(house_test source)
    cmake_parse_arguments(TEST "" "TIMEOUT" "ROOMS;LABELS;EXTRA;AFTER" ${ARGN})
    get_filename_component(stem ${source} NAME_WE)
    file(RELATIVE_PATH folder ${PROJECT_SOURCE_DIR} ${CMAKE_CURRENT_SOURCE_DIR})
    string(REPLACE "/" "_" program ${folder})
    if(NOT TARGET ${program})
        add_executable(${program} ${PROJECT_SOURCE_DIR}/tests/main.cpp)
        target_link_libraries(${program} PRIVATE house_flags Qt6::Core Qt6::Test)
        target_compile_options(${program} PRIVATE ${HOUSE_TEST_FLAGS})
        target_precompile_headers(${program} REUSE_FROM house_test_pch)
        set_target_properties(${program} PROPERTIES PCH_WARN_INVALID OFF AUTOMOC ON
            RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/tests)
        house_unity(${program})
    endif()
    house_add_sources(${program} ${source} ${TEST_EXTRA})
    target_link_libraries(${program} PRIVATE ${TEST_ROOMS})
    if(TEST_AFTER)
        add_dependencies(${program} ${TEST_AFTER})
    endif()
    add_test(NAME ${stem} COMMAND ${program} ${stem} -maxwarnings 0)
    if(NOT TEST_TIMEOUT)
        set(TEST_TIMEOUT 120)
    endif()
    if(HOUSE_SANITIZE STREQUAL "thread") # which makes everything five to fifteen times as slow
        math(EXPR TEST_TIMEOUT "${TEST_TIMEOUT} * 5")
    endif()
    # QTest's own limit is the same, so that it does not end what may take longer.
    set_tests_properties(${stem} PROPERTIES LABELS "${TEST_LABELS}" TIMEOUT ${TEST_TIMEOUT}
        ENVIRONMENT "QT_QPA_PLATFORM=offscreen;QT_NO_GLIB=1;QTEST_FUNCTION_TIMEOUT=${TEST_TIMEOUT}000;HOUSE_BIN=${PROJECT_BINARY_DIR}/bin;HOUSE_SOURCE=${PROJECT_SOURCE_DIR}")
endfunction()
