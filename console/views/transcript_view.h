// The running transcript.
#pragma once

#include "console/models/transcript_model.h"

#include <QListView>

namespace console::views {

/// Follows the conversation while its end is in sight; once the reader scrolls up it stays there.
class TranscriptView final : public QListView
{
    Q_OBJECT

public:
    explicit TranscriptView(models::TranscriptModel &transcript, QWidget *parent = nullptr);

private:
    void follow();

    bool m_isAtEnd = true;
};

} // namespace console::views
