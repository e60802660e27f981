#include "console/views/icons.h"
#include "console/views/theme.h"

#include <QTest>

using console::views::contrastRatio;
using console::views::Theme;

namespace {

constexpr double kReadable = 4.5;

struct Pair
{
    const char *name;
    QColor Theme::*text;
    QColor Theme::*ground;
};

constexpr Pair kPairs[] = {
    {"text on window", &Theme::text, &Theme::window},
    {"text on surface", &Theme::text, &Theme::surface},
    {"text on raised", &Theme::text, &Theme::raised},
    {"text on selection", &Theme::text, &Theme::selection},
    {"text on caller's bubble", &Theme::text, &Theme::callerTint},
    {"text on agent's bubble", &Theme::text, &Theme::agentTint},
    {"text on warning banner", &Theme::text, &Theme::warningTint},
    {"muted on window", &Theme::mutedText, &Theme::window},
    {"muted on surface", &Theme::mutedText, &Theme::surface},
    {"muted on raised", &Theme::mutedText, &Theme::raised},
    {"muted on selection", &Theme::mutedText, &Theme::selection},
    {"muted on disabled button", &Theme::mutedText, &Theme::track},
    {"primary button", &Theme::onAccent, &Theme::accent},
    {"link on surface", &Theme::accent, &Theme::surface},
    {"pill of a call that begins", &Theme::accent, &Theme::selection},
    {"caller's name", &Theme::caller, &Theme::callerTint},
    {"agent's name", &Theme::agent, &Theme::agentTint},
    {"never heard words", &Theme::unheard, &Theme::agentTint},
    {"pill of a talking call", &Theme::good, &Theme::goodTint},
    {"pill on a selected row", &Theme::good, &Theme::surface},
    {"pill of an ending call", &Theme::warning, &Theme::warningTint},
    {"slow latency", &Theme::warning, &Theme::surface},
    {"slow latency on selection", &Theme::warning, &Theme::selection},
    {"hang-up button", &Theme::danger, &Theme::surface},
    {"hang-up button, hovered", &Theme::danger, &Theme::dangerTint},
    {"error on the sign-in page", &Theme::danger, &Theme::surface},
};

} // namespace

class TstTheme final : public QObject
{
    Q_OBJECT

private slots:
    void knowsContrast()
    {
        QCOMPARE(contrastRatio(Qt::black, Qt::white), 21.0);
        QCOMPARE(contrastRatio(Qt::red, Qt::red), 1.0);
    }

    void textIsReadable_data()
    {
        QTest::addColumn<QColor>("text");
        QTest::addColumn<QColor>("ground");
        for (const Theme &theme : {Theme::light(), Theme::dark()}) {
            for (const Pair &pair : kPairs)
                QTest::addRow("%s, %s", theme.isDark ? "dark" : "light", pair.name)
                    << theme.*pair.text << theme.*pair.ground;
        }
    }

    void textIsReadable()
    {
        QFETCH(QColor, text);
        QFETCH(QColor, ground);
        QVERIFY2(contrastRatio(text, ground) >= kReadable,
                 qPrintable(QString::number(contrastRatio(text, ground))));
    }

    void findsItselfInItsPalette()
    {
        QVERIFY(Theme::of(Theme::dark().palette()).isDark);
        QVERIFY(!Theme::of(Theme::light().palette()).isDark);
    }

    void theSheetHasNoNameLeft()
    {
        console::views::initResources();
        for (const Theme &theme : {Theme::light(), Theme::dark()}) {
            const QString sheet = theme.styleSheet();
            QVERIFY(sheet.size() > 1000);
            QVERIFY2(!sheet.contains(u'@'), qPrintable(sheet.mid(sheet.indexOf(u'@'), 30)));
        }
    }
};

QTEST_APPLESS_MAIN(TstTheme)
#include "tst_theme.moc"
