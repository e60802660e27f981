#include "console/app/autopilot.h"

#include "console/views/calls_table.h"
#include "console/views/live_page.h"

#include <QPixmap>

namespace console::app {

namespace {

using namespace std::chrono_literals;
constexpr auto kLook = 200ms;
constexpr auto kSettle = 2s;
constexpr int kLinesInPicture = 2;

} // namespace

Autopilot::Autopilot(Options options, MainWindow &window, models::LiveDesk &desk, QObject *parent)
    : QObject(parent), m_options(std::move(options)), m_window(window), m_desk(desk)
{
    connect(&m_look, &QTimer::timeout, this, &Autopilot::look);
    m_look.start(kLook);
    if (m_options.screenshotFile.isEmpty())
        return;
    m_deadline.setSingleShot(true);
    connect(&m_deadline, &QTimer::timeout, this, &Autopilot::takePicture);
    m_deadline.start(m_options.screenshotTimeout);
}

void Autopilot::look()
{
    if (m_options.selectFirst)
        selectFirst();
    if (m_options.listenFirst)
        listenFirst();
    if (!m_options.screenshotFile.isEmpty() && !m_isPictureDue && isPictureReady()) {
        m_isPictureDue = true;
        m_deadline.start(kSettle);
    }
}

void Autopilot::selectFirst()
{
    views::CallsTable *table = m_window.livePage()->table();
    if (table->selectedId() > 0)
        return;
    models::LiveCallsModel &calls = m_desk.calls();
    // A call that talks has something to show.
    for (int row = 0; row < calls.rowCount(); ++row) {
        if (calls.callAt(row).state == protocol::CallState::Talking) {
            table->select(calls.callAt(row).id);
            return;
        }
    }
}

void Autopilot::listenFirst()
{
    if (m_desk.listenedId() > 0)
        return;
    models::LiveCallsModel &calls = m_desk.calls();
    for (int row = 0; row < calls.rowCount(); ++row) {
        if (const qint64 id = calls.callAt(row).id; m_desk.mayListen(id)) {
            m_desk.listen(id);
            return;
        }
    }
}

bool Autopilot::isPictureReady() const
{
    return m_desk.calls().talkingCount() >= m_options.screenshotWhenTalking
           && m_desk.transcript().rowCount() >= kLinesInPicture;
}

void Autopilot::takePicture()
{
    const QString file = std::exchange(m_options.screenshotFile, {});
    if (!m_window.grab().save(file, "PNG"))
        emit screenshotFailed(tr("The picture could not be saved to %1.").arg(file));
    if (m_options.quitAfterScreenshot)
        emit finished();
}

} // namespace console::app
