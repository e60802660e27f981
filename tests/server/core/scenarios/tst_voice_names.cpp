#include "server/core/scenarios/voice_names.h"

#include <QTest>

using server::core::VoiceNames;

class TstVoiceNames final : public QObject
{
    Q_OBJECT

private slots:
    void namesTheModelsVoice_data();
    void namesTheModelsVoice();
    void everyTypeLeadsToAVoice();
    void everyVoiceIsItsOwnName();
};

void TstVoiceNames::namesTheModelsVoice_data()
{
    QTest::addColumn<QString>("name");
    QTest::addColumn<QString>("voice"); // empty: none

    QTest::newRow("warm_engaging_female") << u"warm_engaging_female"_qs << u"alloy"_qs;
    QTest::newRow("warm_engaging") << u"warm_engaging"_qs << u"alloy"_qs;
    QTest::newRow("gentle_supportive") << u"gentle_supportive"_qs << u"coral"_qs;
    QTest::newRow("concerned_female") << u"concerned_female"_qs << u"coral"_qs;
    QTest::newRow("elderly_female") << u"elderly_female"_qs << u"sage"_qs;
    QTest::newRow("energetic_upbeat") << u"energetic_upbeat"_qs << u"shimmer"_qs;
    QTest::newRow("clear_optimistic") << u"clear_optimistic"_qs << u"shimmer"_qs;
    QTest::newRow("aggressive_male") << u"aggressive_male"_qs << u"ash"_qs;
    QTest::newRow("deep_authoritative") << u"deep_authoritative"_qs << u"echo"_qs;
    QTest::newRow("professional_british_male") << u"professional_british_male"_qs << u"ballad"_qs;
    QTest::newRow("warm_male") << u"warm_male"_qs << u"verse"_qs;
    QTest::newRow("a classic voice by its own name") << u"ballad"_qs << u"ballad"_qs;
    QTest::newRow("a new voice by its own name") << u"marin"_qs << u"marin"_qs;
    QTest::newRow("nothing") << QString() << QString();
    QTest::newRow("part of a name") << u"warm"_qs << QString();
    QTest::newRow("a name with something behind it") << u"alloy "_qs << QString();
    QTest::newRow("upper case") << u"Alloy"_qs << QString();
    QTest::newRow("very long") << QString(100'000, u'a') << QString();
}

void TstVoiceNames::namesTheModelsVoice()
{
    QFETCH(QString, name);
    QFETCH(QString, voice);
    QCOMPARE(VoiceNames::modelVoice(name).value_or(QString()), voice);
    QCOMPARE(VoiceNames::modelVoiceOrDefault(name), voice.isEmpty() ? u"alloy"_qs : voice);
}

void TstVoiceNames::everyTypeLeadsToAVoice()
{
    const QStringList types = VoiceNames::types();
    QCOMPARE(types.size(), 16);
    for (const QString &type : types)
        QVERIFY2(VoiceNames::modelVoices().contains(*VoiceNames::modelVoice(type)),
                 qPrintable(type));
}

void TstVoiceNames::everyVoiceIsItsOwnName()
{
    const QStringList voices = VoiceNames::modelVoices();
    QCOMPARE(voices.size(), 10);
    for (const QString &voice : voices)
        QCOMPARE(VoiceNames::modelVoice(voice).value_or(QString()), voice);
}

QTEST_APPLESS_MAIN(TstVoiceNames)
#include "tst_voice_names.moc"
