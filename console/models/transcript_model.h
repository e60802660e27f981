// What was said in the watched call.
#pragma once

#include "console/models/text_ranges.h"

#include <QAbstractListModel>

#include <vector>

namespace console::models {

/// One row per utterance, in the order in which they began. A line is known by its item id and
/// grows in place. GUI thread.
class TranscriptModel final : public QAbstractListModel
{
    Q_OBJECT

public:
    enum Role {
        ItemIdRole = Qt::UserRole + 1,
        IsAgentRole,
        RangesRole, ///< QList<TextRange>
        StartRole,  ///< ms since the media stream began
        InterruptedRole,
        IsFinalRole
    };

    using QAbstractListModel::QAbstractListModel;

    int rowCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role) const override;

    /// All lines anew, for another call; lines that are known keep their rows.
    void setLines(const QList<protocol::TranscriptLine> &lines);
    void upsert(const protocol::TranscriptLine &line);
    void clear();

private:
    int rowOf(const QString &itemId) const;
    void insert(const protocol::TranscriptLine &line);
    QString accessibleText(const protocol::TranscriptLine &line) const;

    std::vector<protocol::TranscriptLine> m_lines;
};

} // namespace console::models
