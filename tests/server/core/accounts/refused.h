// What every test of accounts asks of a refusal.
#pragma once

#include <QTest>

/// Fails the test unless the outcome is that fault with those words.
#define REFUSED(result, expectedFault, expectedMessage)                                            \
    do {                                                                                           \
        const auto outcome = (result);                                                             \
        QVERIFY(!outcome);                                                                         \
        QCOMPARE(outcome.error().fault, expectedFault);                                            \
        QCOMPARE(outcome.error().message, QStringLiteral(expectedMessage));                        \
    } while (false)
