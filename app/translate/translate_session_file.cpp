// How a TranslateSession is kept between two starts of the program.
#include "app/translate/translate_session.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QSaveFile>

namespace app::translate {
namespace {

constexpr int kVersion = 1;
constexpr qint64 kMaxFile = 64 * 1024 * 1024;

QString codeOf(const Language *language)
{
    return language ? language->code.toString() : QString();
}

} // namespace

void TranslateSession::saveLater()
{
    if (m_saving.isActive())
        return; // at most so long after the first change
    m_saving.start(m_source.size() > 500000 ? 8000 : 1000);
}

bool TranslateSession::saveNow()
{
    m_saving.stop();
    QJsonObject root{{QStringLiteral("version"), kVersion},
                     {QStringLiteral("source"), codeOf(m_chosenSource)},
                     {QStringLiteral("target"), codeOf(m_target)},
                     {QStringLiteral("second"), codeOf(m_second)},
                     {QStringLiteral("document"), m_documentPath},
                     {QStringLiteral("encoding"), int(m_encoding)},
                     {QStringLiteral("text"), m_source}};
    QJsonArray translations;
    for (int i = 0; i < m_segments.size(); ++i) {
        const SegmentEntry &entry = m_segments.at(i);
        if (!entry.isTranslated())
            continue;
        translations.append(QJsonObject{{QStringLiteral("source"), entry.source.text},
                                        {QStringLiteral("target"), entry.target},
                                        {QStringLiteral("problem"), int(entry.verdict.problem)},
                                        {QStringLiteral("detail"), entry.verdict.detail}});
    }
    root.insert(QStringLiteral("translations"), translations);
    QDir().mkpath(QFileInfo(m_path).path());
    QSaveFile file(m_path);
    const QByteArray bytes = QJsonDocument(root).toJson(QJsonDocument::Compact);
    const bool saved = file.open(QIODevice::WriteOnly) && file.write(bytes) == bytes.size() && file.commit();
    const QString error = saved ? QString() : file.errorString();
    if (!saved)
        m_saving.start(10000); // again, when there may be room
    if (error != m_saveError) {
        m_saveError = error;
        Q_EMIT saveErrorChanged();
    }
    return saved;
}

void TranslateSession::load()
{
    QFile file(m_path);
    if (!QFileInfo(m_path).isFile() || file.size() > kMaxFile || !file.open(QIODevice::ReadOnly))
        return;
    const QJsonDocument document = QJsonDocument::fromJson(file.readAll());
    file.close();
    const QJsonObject root = document.object();
    if (root.value(QStringLiteral("version")).toInt() != kVersion) {
        // Damaged, or of a later version: kept aside, never overwritten.
        QString aside = m_path + QStringLiteral(".kept");
        for (int n = 2; QFileInfo::exists(aside); ++n)
            aside = m_path + QStringLiteral(".kept-%1").arg(n);
        QFile::rename(m_path, aside);
        return;
    }
    const auto language = [&](const char *key) {
        return findLanguage(root.value(QLatin1String(key)).toString());
    };
    m_chosenSource = language("source");
    if (const Language *target = language("target"))
        m_target = target;
    if (const Language *second = language("second"); second && second != m_target)
        m_second = second;
    else
        m_second = m_target->code == u"en" ? findLanguage(u"zh-Hans") : findLanguage(u"en");
    m_documentPath = root.value(QStringLiteral("document")).toString();
    m_encoding = TextEncoding(std::clamp(root.value(QStringLiteral("encoding")).toInt(), 0, 3));
    m_source = root.value(QStringLiteral("text")).toString();
    m_detected = detectLanguage(m_source);
    for (const QJsonValue &value : root.value(QStringLiteral("translations")).toArray()) {
        const QJsonObject object = value.toObject();
        SegmentEntry entry;
        entry.target = object.value(QStringLiteral("target")).toString();
        const int problem = object.value(QStringLiteral("problem")).toInt();
        entry.verdict.problem = Problem(std::clamp(problem, 0, int(Problem::PartMissing)));
        entry.verdict.detail = object.value(QStringLiteral("detail")).toString();
        entry.state = entry.verdict.problem == Problem::None ? SegmentState::Done : SegmentState::Unsure;
        if (!entry.target.isEmpty())
            remember(object.value(QStringLiteral("source")).toString(), entry);
    }
    m_segments.setSegmentation(segment(m_source));
    applyLanguages();
    // Nothing runs just because the program was started.
    m_typing.stop();
    if (m_state == State::Typing)
        m_state = State::Stopped;
}

} // namespace app::translate
