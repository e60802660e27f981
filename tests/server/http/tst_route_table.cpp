// Which row a path finds.
#include "server/http/route.h"

#include <QTest>

using namespace server::http;

namespace {

RouteTable table()
{
    using enum Method;
    const auto row = [](Method method, const char *pattern) {
        return Route{method, pattern, Access::Public, Lane::Inline,
                     [](const Request &) { return Response(); }};
    };
    const auto socket = [](const char *pattern) {
        SocketRoute one;
        one.pattern = pattern;
        return one;
    };
    return {{row(Get, "/"), row(Get, "/calls"), row(Post, "/calls"), row(Get, "/calls/{id}"),
             row(Get, "/calls/active"), row(Delete, "/calls/{id}"),
             row(Get, "/calls/{id}/words/{n}"), row(Post, "/calls/active/stop"),
             row(Get, "/make-call/{phone}/{scenario}")},
            {socket("/media/{name}"), socket("/calls/{id}")}};
}

} // namespace

class TestRouteTable : public QObject
{
    Q_OBJECT

private slots:
    void rows_data();
    void rows();
    void sockets();
    void badPaths_data();
    void badPaths();
};

void TestRouteTable::rows_data()
{
    QTest::addColumn<int>("method");
    QTest::addColumn<QByteArray>("path");
    QTest::addColumn<QByteArray>("pattern"); // empty: none
    QTest::addColumn<QStringList>("arguments");
    QTest::addColumn<QByteArray>("allow");
    const auto row = [](const char *name, Method method, const char *path, const char *pattern,
                        const QStringList &arguments = {}, const char *allow = "") {
        QTest::newRow(name) << int(method) << QByteArray(path) << QByteArray(pattern) << arguments
                            << QByteArray(allow);
    };
    using enum Method;
    row("root", Get, "/", "/");
    row("fixed", Get, "/calls", "/calls");
    row("by method", Post, "/calls", "/calls");
    row("HEAD is GET", Head, "/calls", "/calls");
    row("HEAD is not POST", Head, "/calls/active/stop", "", {}, "POST");
    row("parameter", Get, "/calls/17", "/calls/{id}", {QStringLiteral("17")});
    row("fixed wins over parameter", Get, "/calls/active", "/calls/active");
    row("back to the parameter when the fixed way ends", Get, "/calls/active/words/2",
        "/calls/{id}/words/{n}", {QStringLiteral("active"), QStringLiteral("2")});
    row("arguments in order", Get, "/make-call/%2B14155550123/pizza",
        "/make-call/{phone}/{scenario}", {QStringLiteral("+14155550123"), QStringLiteral("pizza")});
    row("encoded slash", Get, "/calls/a%2Fb", "/calls/{id}", {QStringLiteral("a/b")});
    row("encoded brace", Get, "/calls/%7Bid%7D", "/calls/{id}", {QStringLiteral("{id}")});
    row("empty argument", Get, "/calls/", "");
    row("slash at the end", Get, "/calls/17/", "");
    row("too short", Get, "/calls/17/words", "");
    row("too long", Get, "/calls/17/words/1/2", "");
    row("case matters", Get, "/Calls", "");
    row("unknown method of a known path", Put, "/calls", "", {}, "GET, HEAD, POST");
    row("path of a socket alone", Get, "/media/x", "", {QStringLiteral("x")}, "GET");
    row("path of a row and a socket", Get, "/calls/1", "/calls/{id}", {QStringLiteral("1")});
    row("no slash in front", Get, "calls", "");
    row("nothing", Get, "", "");
}

void TestRouteTable::rows()
{
    QFETCH(int, method);
    QFETCH(QByteArray, path);
    QFETCH(QByteArray, pattern);
    QFETCH(QStringList, arguments);
    QFETCH(QByteArray, allow);
    const RouteTable routes = table();
    const RouteTable::Match match = routes.match(Method(method), path.toStdString());
    QCOMPARE(QByteArray::fromStdString(match.route ? match.route->pattern : std::string()),
             pattern);
    QCOMPARE(QStringList(match.arguments.begin(), match.arguments.end()), arguments);
    QCOMPARE(QByteArray::fromStdString(match.allow), allow);
    QCOMPARE(match.isBadPath, false);
}

void TestRouteTable::sockets()
{
    const RouteTable routes = table();
    const auto match = routes.matchSocket("/media/pizza%20place");
    QVERIFY(match.socket);
    QCOMPARE(match.socket->pattern, std::string("/media/{name}"));
    QCOMPARE(match.arguments, std::vector{QStringLiteral("pizza place")});
    QVERIFY(!routes.matchSocket("/calls").socket);
    QVERIFY(!routes.matchSocket("/media/").socket);
    QVERIFY(routes.match(Method::Get, "/calls/1").socket);
}

void TestRouteTable::badPaths_data()
{
    QTest::addColumn<QByteArray>("path");
    for (const char *path : {"/calls/%", "/calls/%4", "/calls/%g0", "/calls/%00", "/calls/a%00b",
                             "/calls/%FF", "/calls/%C3", "/calls/%ED%A0%80", "/%C0%AF"})
        QTest::newRow(path) << QByteArray(path);
}

void TestRouteTable::badPaths()
{
    QFETCH(QByteArray, path);
    const RouteTable routes = table();
    const auto match = routes.match(Method::Get, path.toStdString());
    QVERIFY(match.isBadPath);
    QVERIFY(!match.route);
    QVERIFY(!routes.matchSocket(path.toStdString()).socket);
}

QTEST_APPLESS_MAIN(TestRouteTable)
#include "tst_route_table.moc"
