#include "tests/server/bridge/rig.h"

namespace bridge_test {

using namespace server;
using namespace server::bridge;

void Witness::redeem(std::string token, std::string, std::string, CallLookup::Answer answer)
{
    std::optional<CallPlan> found = with([&]() -> std::optional<CallPlan> {
        const auto node = plans.extract(token);
        return node ? std::optional(node.mapped()) : std::nullopt;
    });
    if (found)
        answer(*found);
    else
        answer(base::fail(base::Fault::Unauthenticated, QStringLiteral("no such token")));
}

Rig::Rig(const std::function<void(BridgeSettings &)> &change)
{
    BridgeSettings settings;
    settings.workers = 1; // so that calls in one test really share a thread
    settings.modelUrl = model.url();
    settings.modelKey = "key";
    settings.transcriptionModel = QStringLiteral("t");
    settings.recordingsFolder = folder.path();
    settings.startTimeout = base::Millis(300);
    settings.reconnectPause = base::Millis(30);
    if (change)
        change(settings);
    bridge = std::make_unique<Bridge>(settings,
                                      Bridge::Ports{witness, witness, witness, witness, phoneCodec,
                                                    modelCodec, dialer, *tls, files});
    door.runAndWait([this] {
        doorman = std::make_unique<Doorman>(door.loop(), [this](net::Detached socket) {
            bridge->takeMedia(std::move(socket), "default");
        });
    });
}

Rig::~Rig()
{
    door.runAndWait([this] { doorman.reset(); });
    bridge.reset();
}

CallPlan Rig::plan(int id)
{
    CallPlan plan;
    plan.id = {id};
    plan.callSid = QStringLiteral("CA%1").arg(id);
    plan.phoneNumber = QStringLiteral("+14155550123");
    plan.instructions = QStringLiteral("Be kind.");
    plan.greeting = QStringLiteral("Say hello.");
    plan.voice = QStringLiteral("coral");
    plan.turnDetection = {{QStringLiteral("type"), QStringLiteral("semantic_vad")}};
    return plan;
}

std::unique_ptr<FakePhone> Rig::phone(const CallPlan &plan)
{
    const QByteArray token = QByteArray::number(plan.id.value);
    witness.with([&] { witness.plans[token.toStdString()] = plan; });
    return std::make_unique<FakePhone>(phones, dialer, doorman->port(), token,
                                       plan.callSid.toLatin1());
}

std::unique_ptr<FakePhone> Rig::stranger(const QByteArray &token)
{
    return std::make_unique<FakePhone>(phones, dialer, doorman->port(), token, "CA666");
}

} // namespace bridge_test
