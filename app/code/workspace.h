// What the Code panel holds, kept in one file so that unsaved text survives a restart or a crash.
#pragma once

#include "app/code/code_prompt.h"
#include "app/code/text_file.h"

#include <QString>

namespace app::code {

struct Workspace
{
    Verb verb = Verb::Generate;
    QString languageId; // of the picker; empty: automatic
    QString instruction;
    bool sendsEditorText = true; // Generate shows the editor's text to the model
    QString code;
    QString answerLanguageId; // what the model called its code
    int cursor = 0;
    bool modified = false; // code differs from the file
    QString filePath;      // empty: never saved
    TextFile file;         // marks of the file; its text is not kept
    QString formerCode;    // the Source tab
    QString formerFilePath;
    QString prose;
};

// A missing file is an empty workspace. A file that cannot be read as one is set aside as NAME.damaged and
// `error` says so.
Workspace loadWorkspace(const QString &path, QString *error = nullptr);
// Atomic. False: `error` says why, the former file stays.
bool saveWorkspace(const QString &path, const Workspace &workspace, QString *error = nullptr);

} // namespace app::code
