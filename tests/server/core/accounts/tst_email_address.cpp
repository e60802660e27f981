#include "server/core/accounts/email_address.h"

#include <QTest>

using server::core::EmailAddress;

class TestEmailAddress : public QObject
{
    Q_OBJECT

private slots:
    void accepts_data()
    {
        QTest::addColumn<QString>("input");
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("key");
        const auto row = [](const char *name, const QString &input, const QString &text,
                            const QString &key) { QTest::newRow(name) << input << text << key; };
        row("plain", u"a@b.com"_qs, u"a@b.com"_qs, u"a@b.com"_qs);
        row("local part kept, domain lower-cased", u"Ann.Lee@EXAMPLE.Com"_qs,
            u"Ann.Lee@example.com"_qs, u"ann.lee@example.com"_qs);
        row("all the marks", u"a!#$%&'*+-/=?^_`{|}~z@b.co"_qs, u"a!#$%&'*+-/=?^_`{|}~z@b.co"_qs,
            u"a!#$%&'*+-/=?^_`{|}~z@b.co"_qs);
        row("plus tag", u"a+tag@b.com"_qs, u"a+tag@b.com"_qs, u"a+tag@b.com"_qs);
        row("international", u"Jörg@Müller.DE"_qs, u"Jörg@müller.de"_qs, u"jörg@müller.de"_qs);
        row("decomposed letters", u"Jo\u0308rg@b.de"_qs, u"J\u00f6rg@b.de"_qs,
            u"j\u00f6rg@b.de"_qs);
        row("digits in the domain", u"a@1.2.x3"_qs, u"a@1.2.x3"_qs, u"a@1.2.x3"_qs);
        row("hyphens inside", u"a@b-c--d.com"_qs, u"a@b-c--d.com"_qs, u"a@b-c--d.com"_qs);
        const QString longLocal(64, u'a');
        row("longest local part", longLocal + u"@b.com"_qs, longLocal + u"@b.com"_qs,
            longLocal + u"@b.com"_qs);
        const QString longLabel = u"a@"_qs + QString(63, u'b') + u".com"_qs;
        row("longest label", longLabel, longLabel, longLabel);
    }

    void accepts()
    {
        QFETCH(QString, input);
        const auto address = EmailAddress::parse(input);
        QVERIFY(address);
        QTEST(address->text, "text");
        QTEST(address->key, "key");
    }

    void refuses_data()
    {
        QTest::addColumn<QString>("input");
        const auto row = [](const char *name, const QString &input) {
            QTest::newRow(name) << input;
        };
        row("empty", QString());
        row("no at", u"ab.com"_qs);
        row("two ats", u"a@b@c.com"_qs);
        row("no local part", u"@b.com"_qs);
        row("no domain", u"a@"_qs);
        row("one label", u"a@localhost"_qs);
        row("empty label", u"a@b..com"_qs);
        row("trailing dot", u"a@b.com."_qs);
        row("leading dot in the domain", u"a@.com"_qs);
        row("leading dot", u".a@b.com"_qs);
        row("dot before at", u"a.@b.com"_qs);
        row("double dot", u"a..b@b.com"_qs);
        row("leading hyphen", u"a@-b.com"_qs);
        row("trailing hyphen", u"a@b-.com"_qs);
        row("underscore in the domain", u"a@b_c.com"_qs);
        row("address literal", u"a@[127.0.0.1]"_qs);
        row("IPv4 address", u"a@127.0.0.1"_qs);
        row("space", u"a b@c.com"_qs);
        row("space around", u" a@b.com"_qs);
        row("line break", u"a@b.com\nBcc: x@y.z"_qs);
        row("NUL", u"a%1@b.com"_qs.arg(QChar(u'\0')));
        row("quoted", u"\"a b\"@c.com"_qs);
        row("angle brackets", u"Ann <a@b.com>"_qs);
        row("half a surrogate pair", u"a%1@b.com"_qs.arg(QChar(0xd800)));
        row("local part too long", QString(65, u'a') + u"@b.com"_qs);
        row("local part too long in octets", QString(33, u'ö') + u"@b.com"_qs);
        row("label too long", u"a@"_qs + QString(64, u'b') + u".com"_qs);
        row("too long", u"a@"_qs + (QString(60, u'b') + u'.').repeated(5) + u"com"_qs);
        row("enormous", QString(1'000'000, u'a') + u"@b.com"_qs);
    }

    void refuses()
    {
        QFETCH(QString, input);
        QVERIFY(!EmailAddress::parse(input));
    }
};

QTEST_APPLESS_MAIN(TestEmailAddress)
#include "tst_email_address.moc"
