// The tests of a folder are one program: it is linked once, and what they share is compiled once.
// `program tst_name [QTest's options]` runs one of them, in a process of its own as before.
#pragma once

#include <QTest>

namespace tests {

using TestMain = int (*)(int argc, char **argv);

/// Makes `main` the test that is called as its source file, without ".cpp". For QTEST_MAIN and its
/// like; before main() runs. The value means nothing.
bool addTest(const char *sourceFile, TestMain main);

} // namespace tests

// What QTEST_MAIN, QTEST_GUILESS_MAIN and QTEST_APPLESS_MAIN are made of, with a name in place of
// main().
#undef QTEST_MAIN_WRAPPER
#define QTEST_MAIN_WRAPPER(TestObject, ...)                                                        \
    static int mainOf##TestObject(int argc, char **argv)                                           \
    {                                                                                              \
        QTest::Internal::callInitMain<TestObject>();                                               \
        __VA_ARGS__                                                                                \
        TestObject test;                                                                           \
        QTEST_SET_MAIN_SOURCE_PATH                                                                 \
        return QTest::qExec(&test, argc, argv);                                                    \
    }                                                                                              \
    [[maybe_unused]] static const bool isAdded##TestObject =                                       \
        tests::addTest(__FILE__, mainOf##TestObject);
