# The two words every room is built with.
#
#   house_room(<target> SOURCES ... DEPENDS ...)          a static library; the project root is its only include path
#   house_test(<source> ROOMS ... LABELS ... [EXTRA ...]) a QTest program, registered with ctest under its file's name

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
    target_precompile_headers(house_test_pch PRIVATE <QtTest> <QTemporaryDir> ${HOUSE_COMMON_HEADERS})
endif()

function(house_room name)
    cmake_parse_arguments(ROOM "" "" "SOURCES;DEPENDS" ${ARGN})
    add_library(${name} STATIC ${ROOM_SOURCES})
    target_link_libraries(${name} PUBLIC house_flags ${ROOM_DEPENDS} PRIVATE Qt6::Core)
    target_precompile_headers(${name} REUSE_FROM house_pch)
endfunction()

function(house_test source)
    cmake_parse_arguments(TEST "" "TIMEOUT" "ROOMS;LABELS;EXTRA" ${ARGN})
    get_filename_component(stem ${source} NAME_WE)
    add_executable(${stem} ${source} ${TEST_EXTRA})
    target_link_libraries(${stem} PRIVATE house_flags Qt6::Core Qt6::Test ${TEST_ROOMS})
    target_compile_options(${stem} PRIVATE ${HOUSE_TEST_FLAGS})
    target_precompile_headers(${stem} REUSE_FROM house_test_pch)
    set_target_properties(${stem} PROPERTIES PCH_WARN_INVALID OFF)
    if(TEST_EXTRA MATCHES "\\.h(;|$)")
        set_target_properties(${stem} PROPERTIES AUTOMOC ON)
    else() # which AUTOMOC would take a second for, and there are a hundred
        set(moc ${CMAKE_CURRENT_BINARY_DIR}/${stem}.moc)
        qt_generate_moc(${source} ${moc} TARGET ${stem})
        target_sources(${stem} PRIVATE ${moc})
        target_include_directories(${stem} PRIVATE ${CMAKE_CURRENT_BINARY_DIR})
        set_target_properties(${stem} PROPERTIES AUTOMOC OFF)
    endif()
    set_target_properties(${stem} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/tests)
    add_test(NAME ${stem} COMMAND ${stem} -maxwarnings 0)
    if(NOT TEST_TIMEOUT)
        set(TEST_TIMEOUT 120)
    endif()
    set_tests_properties(${stem} PROPERTIES LABELS "${TEST_LABELS}" TIMEOUT ${TEST_TIMEOUT}
        ENVIRONMENT "QT_QPA_PLATFORM=offscreen;QT_NO_GLIB=1;HOUSE_BIN=${PROJECT_BINARY_DIR}/bin;HOUSE_SOURCE=${PROJECT_SOURCE_DIR}")
endfunction()
