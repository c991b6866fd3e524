#include "ui/widgets/progress_words.h"

#include "ui/widgets/figures.h"

#include <QCoreApplication>

namespace ui {

namespace {

struct Progresses
{
    Q_DECLARE_TR_FUNCTIONS(Progresses)
};

} // namespace

QString readingWords(qint64 done, qint64 total)
{
    return total > 0 ? Progresses::tr("Reading prompt %1/%2").arg(withCommas(done), withCommas(total)) : Progresses::tr("Reading prompt");
}

} // namespace ui
