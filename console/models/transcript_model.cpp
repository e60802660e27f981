#include "console/models/transcript_model.h"

#include <QSet>

#include <algorithm>

namespace console::models {

using protocol::Speaker;
using protocol::TranscriptLine;

int TranscriptModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : int(m_lines.size());
}

QVariant TranscriptModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid))
        return {};
    const TranscriptLine &line = m_lines[size_t(index.row())];
    switch (role) {
    case Qt::DisplayRole:
        return line.text;
    case Qt::AccessibleTextRole:
        return accessibleText(line);
    case ItemIdRole:
        return line.itemId;
    case IsAgentRole:
        return line.speaker == Speaker::Agent;
    case RangesRole:
        return QVariant::fromValue(textRanges(line));
    case StartRole:
        return line.startMs;
    case InterruptedRole:
        return line.wasInterrupted;
    case IsFinalRole:
        return line.isFinal;
    default:
        return {};
    }
}

QString TranscriptModel::accessibleText(const TranscriptLine &line) const
{
    if (line.speaker == Speaker::Caller)
        return tr("Caller: %1").arg(line.text);
    const QList<TextRange> ranges = textRanges(line);
    if (ranges.isEmpty() || ranges.last().hearing != Hearing::NeverHeard)
        return tr("Agent: %1").arg(line.text);
    const qsizetype cut = ranges.last().start;
    // Struck-through text says nothing to a screen reader, so words say it.
    return tr("Agent: %1 Never heard: %2").arg(line.text.left(cut), line.text.mid(cut));
}

void TranscriptModel::setLines(const QList<TranscriptLine> &lines)
{
    QSet<QString> present;
    for (const TranscriptLine &line : lines)
        present.insert(line.itemId);
    for (int row = rowCount() - 1; row >= 0; --row) {
        if (present.contains(m_lines[size_t(row)].itemId))
            continue;
        beginRemoveRows({}, row, row);
        m_lines.erase(m_lines.begin() + row);
        endRemoveRows();
    }
    for (const TranscriptLine &line : lines)
        upsert(line);
}

void TranscriptModel::upsert(const TranscriptLine &line)
{
    const int row = rowOf(line.itemId);
    if (row < 0) {
        insert(line);
        return;
    }
    TranscriptLine &known = m_lines[size_t(row)];
    if (known.startMs == line.startMs) {
        known = line;
        emit dataChanged(index(row), index(row));
        return;
    }
    // Its beginning became known only now: it may belong elsewhere.
    beginRemoveRows({}, row, row);
    m_lines.erase(m_lines.begin() + row);
    endRemoveRows();
    insert(line);
}

void TranscriptModel::insert(const TranscriptLine &line)
{
    const auto place = std::upper_bound(
        m_lines.begin(), m_lines.end(), line,
        [](const TranscriptLine &a, const TranscriptLine &b) { return a.startMs < b.startMs; });
    const int row = int(place - m_lines.begin());
    beginInsertRows({}, row, row);
    m_lines.insert(place, line);
    endInsertRows();
}

void TranscriptModel::clear()
{
    if (m_lines.empty())
        return;
    beginResetModel();
    m_lines.clear();
    endResetModel();
}

int TranscriptModel::rowOf(const QString &itemId) const
{
    // New news is about recent lines.
    for (int row = rowCount() - 1; row >= 0; --row) {
        if (m_lines[size_t(row)].itemId == itemId)
            return row;
    }
    return -1;
}

} // namespace console::models
