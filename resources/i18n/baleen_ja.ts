<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="ja" sourcelanguage="en">
<context>
    <name>Actions</name>
    <message>
        <source>Command palette</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Keys of this screen</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Go to Chat</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Go to Code</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Go to Translate</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>New chat, task or text</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Search all chats</source>
        <translation type="unfinished">すべてのチャットを検索</translation>
    </message>
    <message>
        <source>Switch the model</source>
        <translation type="unfinished">モデルを切り替え</translation>
    </message>
    <message>
        <source>Open model file…</source>
        <translation type="unfinished">モデルファイルを開く…</translation>
    </message>
    <message>
        <source>Unload the model</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Why this speed</source>
        <translation type="unfinished">速度の理由</translation>
    </message>
    <message>
        <source>Settings</source>
        <translation type="unfinished">設定</translation>
    </message>
    <message>
        <source>Show or hide the sidebar</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Larger text</source>
        <translation type="unfinished">文字を大きく</translation>
    </message>
    <message>
        <source>Smaller text</source>
        <translation type="unfinished">文字を小さく</translation>
    </message>
    <message>
        <source>Text of the usual size</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Next region of the window</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Previous region of the window</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Close what is open, else stop</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Quit Baleen</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Retry the answer</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Continue the answer</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Edit the message</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Previous version</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Next version</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Branch from this answer</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Go to the message before</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Go to the message after</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Copy the answer</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Save the last code block</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Token lens</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Compare answers…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Receipt and replay…</source>
        <translation type="unfinished">記録と再現…</translation>
    </message>
    <message>
        <source>Think on or off</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Context: what the model sees</source>
        <translation type="unfinished">コンテキスト: モデルに見えるもの</translation>
    </message>
    <message>
        <source>Instructions for the model…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Attach files…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Find in this chat</source>
        <translation type="unfinished">このチャット内を検索</translation>
    </message>
    <message>
        <source>Next hit</source>
        <translation type="unfinished">次の一致</translation>
    </message>
    <message>
        <source>Previous hit</source>
        <translation type="unfinished">前の一致</translation>
    </message>
    <message>
        <source>Pin or unpin this chat</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Rename the chat</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Duplicate the chat</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Archive the chat, or bring it back</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Delete the chat</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Bring back the chat deleted last</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Export the chat…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Copy the chat as Markdown</source>
        <translation type="unfinished">チャットを Markdown としてコピー</translation>
    </message>
    <message>
        <source>More for this chat</source>
        <translation type="unfinished">このチャットのその他の操作</translation>
    </message>
    <message>
        <source>Import chats…</source>
        <translation type="unfinished">チャットを読み込む…</translation>
    </message>
    <message>
        <source>Export all chats…</source>
        <translation type="unfinished">すべてのチャットを書き出す…</translation>
    </message>
    <message>
        <source>Show or hide archived chats</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Deleted chats…</source>
        <translation type="unfinished">削除したチャット…</translation>
    </message>
    <message>
        <source>Run the verb</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open file…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Save the code</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Save the code as…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Copy code</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show the code, or its source before the last answer</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Use that source again</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Find in this text</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show or hide the notes of the model</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Translate now</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Translate all again</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Swap the languages</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Language of the text…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Language to translate to…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Next doubt</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Previous doubt</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open a text file…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Save the translation…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Copy the translation</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Copy the source text</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Alt+1, Alt+2, Alt+3</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A choice of a notice</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>J, K or arrows</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Move in a list</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Ctrl+Z, Ctrl+Shift+Z</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Undo and redo in a text field</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Enter</source>
        <translation type="unfinished">Enter</translation>
    </message>
    <message>
        <source>Send the message</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Shift+Enter</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>New line in the message</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Up</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>In an empty message: edit the last one</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Enter, Menu</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>On a message: what can be done with it</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Del</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>In the list: delete the chat. On a part of the context: leave it out</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Tab, Shift+Tab</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>In the code: indent. F6 leaves the code</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Tree of this chat</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Attachments</name>
    <message>
        <source>Text, source code, PDF, Word (docx) and Excel (xlsx) files can be attached.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>unknown</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 is a picture (%2). The model reads text only.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 is a sound file (%2). The model reads text only.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 is a video (%2). The model reads text only.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 is an archive (%2). Unpack it and attach the files in it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 is a program (%2). Attach its source code instead.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 is a font (%2).</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 is a document of another kind (%2). Save it as docx, xlsx, PDF or text.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 is protected with a password. Save a copy without one.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 is damaged: %2.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Save it again in the program it comes from.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 is too large. Files up to %2 MiB with up to %3 million characters can be attached.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 was not read: the program pdftotext is missing. Install the package poppler-utils.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 is no text.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 is no text (%2).</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Reading %1 took too long and was stopped.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 could not be read: the program that reads it ended by signal %2.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 could not be read: %2 is missing or cannot be started.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 could not be opened: %2.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 is a folder or a device, not a file.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Reading %1 was stopped.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>1 page</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 pages</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>, %1 without text</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>, damaged: some may be missing</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 was not read: the program that reads it could not lock itself in (%2).</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>it is no whole PDF</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the text is not whole</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 has no text in it (%2): its pages are pictures.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>1 sheet</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 sheets</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>1 row</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 rows</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 bytes were no text</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 has no text in it.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ChatExport</name>
    <message>
        <source>Attached: %1</source>
        <translation>添付: %1</translation>
    </message>
    <message>
        <source>New chat</source>
        <translation>新しいチャット</translation>
    </message>
    <message>
        <source>Answer</source>
        <translation>回答</translation>
    </message>
    <message>
        <source>Thought for %1 s</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>You</source>
        <translation>あなた</translation>
    </message>
</context>
<context>
    <name>ChatImport</name>
    <message>
        <source>Pictures, files and other parts that are no text, left out: %1.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Messages of tools and systems, left out: %1.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Chats without a message, left out: %1.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ChatStore</name>
    <message>
        <source>Recovered chat</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Your chats were written by a newer Baleen. They can be read but not changed: update Baleen.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The chat database was damaged. %1 chats and %2 messages were saved from it, %3 messages came back from the backup; the damaged file is kept as %4.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Your chats can be read but nothing can be saved: the folder or the file is read-only.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Your chats could not be opened. %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Baleen closed unexpectedly. Everything up to the last second is here.</source>
        <translation>Baleen が予期せず終了しました。最後の 1 秒までの内容がここにあります。</translation>
    </message>
</context>
<context>
    <name>CommandList</name>
    <message>
        <source>Action</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Chat</source>
        <translation type="unfinished">チャット</translation>
    </message>
    <message>
        <source>Model</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Setting</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Key</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ConversationMenu</name>
    <message>
        <source>New folder…</source>
        <translation>新しいフォルダー…</translation>
    </message>
    <message>
        <source>New folder</source>
        <translation>新しいフォルダー</translation>
    </message>
    <message>
        <source>Name of the folder:</source>
        <translation>フォルダー名:</translation>
    </message>
    <message>
        <source>Take out of “%1”</source>
        <translation>「%1」から出す</translation>
    </message>
    <message>
        <source>Rename “%1”…</source>
        <translation>「%1」の名前を変更…</translation>
    </message>
    <message>
        <source>Rename the folder</source>
        <translation>フォルダー名の変更</translation>
    </message>
    <message>
        <source>Remove the folder, keep its chats</source>
        <translation>フォルダーを削除しチャットは残す</translation>
    </message>
    <message>
        <source>Unpin</source>
        <translation>ピン留めを外す</translation>
    </message>
    <message>
        <source>Pin</source>
        <translation>ピン留め</translation>
    </message>
    <message>
        <source>Folder</source>
        <translation>フォルダー</translation>
    </message>
    <message>
        <source>Tags…</source>
        <translation>タグ…</translation>
    </message>
    <message>
        <source>Tags</source>
        <translation>タグ</translation>
    </message>
    <message>
        <source>Tags of this chat, with commas between them. tag:NAME finds them:</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Duplicate</source>
        <translation>複製</translation>
    </message>
    <message>
        <source>Bring back from the archive</source>
        <translation>アーカイブから戻す</translation>
    </message>
    <message>
        <source>Archive</source>
        <translation>アーカイブ</translation>
    </message>
    <message>
        <source>Delete</source>
        <translation>削除</translation>
    </message>
    <message>
        <source>New folder in “%1”…</source>
        <translation>「%1」に新しいフォルダー…</translation>
    </message>
    <message>
        <source>Move “%1” into</source>
        <translation>「%1」の移動先</translation>
    </message>
    <message>
        <source>No folder</source>
        <translation>フォルダーなし</translation>
    </message>
</context>
<context>
    <name>Diagnostics</name>
    <message>
        <source>none</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>not installed: models run on the processor</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Model</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Runs on</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Why there</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Weights</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1, mapped from the file</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Context</source>
        <translation>コンテキスト</translation>
    </message>
    <message>
        <source>%1 for %2 tokens</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Chat format</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>, unknown</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Baleen</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>System</source>
        <translation>システム</translation>
    </message>
    <message>
        <source>Processor</source>
        <translation>プロセッサ</translation>
    </message>
    <message>
        <source>1 core</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 cores</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Instructions</source>
        <translation>指示</translation>
    </message>
    <message>
        <source>Kernels</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Memory speed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 GB/s</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>not measured yet</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Memory free</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Graphics cards</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>none that NVIDIA&apos;s driver knows</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>CUDA plug-in</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>none loaded</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Fonts missing</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Data folder</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Disk free</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Engine</name>
    <message>
        <source>No CUDA plug-in beside the program: models run on the processor.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No NVIDIA driver: models run on the processor. For a GPU, install the driver for CUDA %1 or later.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The NVIDIA driver is for CUDA %1 and the plug-in needs %2: models run on the processor. Install a newer driver.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>An NVIDIA driver (CUDA %1) and no GPU that this process may use: models run on the processor.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The GPU cannot be used (%1): models run on the processor.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The model fits the memory of %1 (%2 of %3 free).</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The model does not fit the memory of %1 (%2 of %3 free): it runs on the processor. A shorter context or a smaller quantisation would fit sooner.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 of %2 checks of the GPU&apos;s kernels failed (%3).</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The model runs on the processor.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The file has no chat template. The format %1 was chosen by the vocabulary.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The chat template of the file is used. It is not one that is known.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The chat template of the file is not used. %1 The format %2 was chosen by the vocabulary.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The chat template of the file is not used. %1 The format %2, which it resembles, stands in.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The model&apos;s chat template does not take this conversation, the format %1 stands in. %2</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It leaves out what the user says.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This DeepSeek-V3.2 has no indexer and runs with dense attention: above %1 tokens, where the original looks at the %2 that matter most, it looks at all of them, and answers can differ.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The chat template of the file is used. It is not the known one of %1: it refuses a conversation. %2</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The chat template of the file is used. It is not the known one of %1: it differs from byte %2 of a short conversation on.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>All layers are on %1; the embedding does not fit its memory (%2 free) and stays on the processor.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>All %1 layers are on %2, but for the routed experts of the first %3, which do not fit its memory (%4 free) and run on the processor.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 of %2 layers are on %3, without their routed experts; the rest does not fit its memory (%4 free) and runs on the processor.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 of %2 layers are on %3; the rest does not fit its memory (%4 free) and runs on the processor.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ErrorText</name>
    <message>
        <source> (found %1)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source> (expected %1)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source> (expected %1, found %2)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1, %2</source>
        <extracomment>What happened, and where</extracomment>
        <translation>%1: %2</translation>
    </message>
    <message>
        <source>%1.</source>
        <extracomment>A sentence and its full stop</extracomment>
        <translation>%1。</translation>
    </message>
    <message>
        <source>Check the disk and the folder&apos;s permissions, then try again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose another file, or put it back where it was.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Get the file again, or choose another model.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Resume the download, or get the file again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose another model.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Close other programs, use a shorter context, or choose a smaller model.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Change the input and try again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Shorten the message, start a new chat, or load the model with a longer context. Your text is kept.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Wait until it is done, or close the other program.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Make the folder writable, or start Baleen with another one (--data-dir).</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Free some space; Baleen tries again by itself. Your text is kept in memory.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Try again; if it stays, the model file is damaged: get it again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Try again; if it stays, load the model again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The file could not be read or written.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The file is not there.</source>
        <translation>ファイルがありません。</translation>
    </message>
    <message>
        <source>The file is damaged and was not loaded.</source>
        <translation>ファイルが壊れているため読み込みませんでした。</translation>
    </message>
    <message>
        <source>The file is incomplete.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This model is of a kind that Baleen does not run.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There is not enough memory.</source>
        <translation>メモリが足りません。</translation>
    </message>
    <message>
        <source>This cannot be done.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The conversation does not fit the context.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This is going on already.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Stopped.</source>
        <translation>停止しました。</translation>
    </message>
    <message>
        <source>Nothing can be saved here.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The disk is full.</source>
        <translation>ディスクに空きがありません。</translation>
    </message>
    <message>
        <source>The model produced invalid numbers.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The engine failed.</source>
        <translation>エンジンでエラーが発生しました。</translation>
    </message>
    <message>
        <source>%1 %2</source>
        <extracomment>Two sentences, one after the other, each with its full stop</extracomment>
        <translation>%1%2</translation>
    </message>
</context>
<context>
    <name>Errors</name>
    <message>
        <source>A file of this name exists and was kept</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A value could not be copied</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A value could not be stored</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Another Baleen uses this data folder and does not answer</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Check its permissions.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Check the disk and the folder&apos;s permissions.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose a text file.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose another file.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose another folder.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose another name.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose another one with --data-dir.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Close it, or start with another folder (--data-dir).</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Close other programs or choose a smaller model.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Close the other program that has it open.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Convert it, for example with iconv.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Free some space or choose another folder.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Free some space; Baleen tries again by itself.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Loading was stopped</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Make it writable or choose another one with --data-dir.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Make it, or choose another one with --data-dir.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Make its folder writable.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Make the folder and the file writable.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No chats are found in this file</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing can be saved</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Split it into smaller files.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Start Baleen again: it keeps the file aside and saves what can be read.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The backup could not be begun</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The backup could not be named</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The backup could not be written</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The backup folder cannot be made</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The damaged database cannot be kept aside</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The data folder cannot be locked</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The data folder cannot be made</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The data folder is not there</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The database cannot be written</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The database could not be opened</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The database could not be read</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The database could not be read or written</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The database is damaged</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The disk is full</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The disk is full and nothing was written</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The engine failed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The file cannot be read</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The file cannot be written</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The file is larger than 5 MiB and was not opened</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The file is too large</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The file is too large to edit</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The file was not saved</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The folder cannot be made</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The salvaged database cannot take the place of the damaged one</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The search index cannot be read.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The search index is of another version of the program.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The store is closed.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The text cannot be read</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The text is kept here. Make room, or save it in another folder.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The text is kept here. Save it in another folder.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The text is kept here. Save it under another name.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The text was not saved</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There is no search index where nothing can be saved.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There is no such file</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There is no such message.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There is not enough memory</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This file is no JSON</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This file is not text</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This file of chats is damaged</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This file of chats was written by a newer Baleen</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This is a folder or a device, not a file</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This is no regular file</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This is no text file</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Try again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Update Baleen.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A big-endian GGUF file cannot be opened</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A folder is no model file</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A message has a role that the chat format does not know</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A metadata key is missing</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A metadata value has the wrong type</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A metadata value is no finite number</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A metadata value is out of range</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A sampling option is out of range</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A special token is not in the vocabulary</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A split model cannot be opened in memory</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A split model is opened through its first part</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A stop string begins inside a character. It must be UTF-8 text.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A stop string is empty. It would end every answer at once.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A tensor has an unknown type</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A tensor occurs in two parts of a split model</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A tensor occurs twice in the folder</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Answers are not affected. Make room or choose another folder, then load the model again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Change the file&apos;s permissions, or copy it to a folder of yours.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Check the name, or download the model again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose --device cpu.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose a .gguf file, or download it again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose a .gguf file.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose a conversion without the indexer, or another model.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose a model of one of these architectures.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose a model of one of these families.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose a shorter one.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose another file of this model.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose the .gguf file in it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Close other programs or choose a shorter context.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Close other programs, choose a smaller model, or run it on the CPU.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Close other programs, or choose a shorter context or a smaller model.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Delete the folder by hand.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Download all files of the model.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Download it again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Download the file again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Download the model again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Download the whole folder again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Get a newer conversion of the model.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Get another conversion of the model.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Get the little-endian file.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Give the files their original names.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Give the path of the .gguf file in it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Kept conversations could not be removed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Load a code model, e.g. DeepSeek Coder.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Load the model again, or run it on the CPU.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Memory ran out</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Models of this family are not supported</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No permission to read the file</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No such file</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Not a GGUF file</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Only a regular file can be opened</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open the file itself.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Parts of different models are mixed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Put the files of one download into one folder.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Raise the limit that is set for it (ulimit -v), or choose a smaller model.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Read conversations are no longer kept on disk</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Read conversations are not kept on disk</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Resume or repeat the download.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Run the model on the CPU.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Shorten it, or load the model with a longer context.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Something failed inside the engine</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The GGUF version is not supported</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The GGUF version is too old</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The GPU cannot be used</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The GPU failed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The GPU failed in its self-test</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The GPU&apos;s memory could not be measured</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The KV cache has no page left.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The added tokens cannot be used</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The answer cannot go on with this model</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The chat template is too long</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The configuration is no JSON object</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The context is full</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The context length is longer than the model was trained for</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The conversation has no message.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The device cuda cannot be used</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The file begins with zeros, as an unfinished download does</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The file changed while it was read</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The file is another part than its name says</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The file is damaged</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The file is empty</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The file is incomplete</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The file is probably damaged: download it again, or try --precision reference.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The file was converted wrongly: take another one.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The file&apos;s name and its content are different parts of a split model</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The header is no list of tensors</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The kinds of tokens are no whole numbers</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The kinds of tokens do not fit the tokens</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The model changes text in a way that is not known here</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The model cuts text in a way that is not known here</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The model has no merges for its vocabulary</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The model has no tokenizer</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The model has no tokens</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The model has too many merges</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The model has too many tokens</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The model produced invalid numbers</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The model&apos;s kind of tokenizer is not known here</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The model&apos;s vocabulary has no size that can be used</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The number of parts of a split model is impossible</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The other parts of a split model are found by name, and this name is another one</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The parts of a split model do not hold all its tensors</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The prompt does not fit the context</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The prompt is empty. A model needs at least one token to go on from.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The scores do not fit the tokens</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The sparse attention of DeepSeek-V3.2 is not supported</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The symbolic links lead in a circle</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The tokenizer has tokens that the model has no weights for</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The tokenizer is damaged</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The tokens are made to be slow to look up</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The vocabulary has no token for what it does not know</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The vocabulary is not one that SentencePiece accepts</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There is no GPU memory for more context</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There is no GPU memory for the model</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There is no memory for more context</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There is no memory for the activations</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There is no memory for the model</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There is no room for the file in this program&apos;s address space</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There is no such GPU</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There is no such device</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There is not enough memory for the model</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This has to be a file</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This is a folder and not a model</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This kind of tokenizer is not known here</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This model cannot complete code between two pieces</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Too many threads</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Two tensors overlap</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Update Baleen, or get another conversion of the model.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Use a model of the DeepSeek family.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Wait until its download has finished, then open it again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose a UTF-8 or UTF-16 text file.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>FormulaEngine</name>
    <message>
        <source>Formulas are shown as their source: %1 cannot be read.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Formulas are shown as their source: %1 does not run (%2).</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This formula is too long to be drawn.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This formula takes too long to draw.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This formula cannot be drawn: %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This formula is too large to be drawn.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Formulas are shown as their source: %1 is missing. packaging/fetch_models.sh --formulas fetches it.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Languages</name>
    <message>
        <source>English</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Chinese, simplified</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Chinese, traditional</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Japanese</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Korean</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Afrikaans</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Albanian</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Arabic</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Armenian</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Azerbaijani</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Basque</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Belarusian</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Bengali</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Bulgarian</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Burmese</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Catalan</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Croatian</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Czech</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Danish</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Dutch</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Estonian</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Filipino</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Finnish</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>French</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Galician</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Georgian</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>German</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Greek</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Gujarati</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Hebrew</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Hindi</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Hungarian</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Icelandic</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Indonesian</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Irish</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Italian</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Kannada</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Kazakh</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Khmer</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Lao</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Latvian</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Lithuanian</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Macedonian</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Malay</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Malayalam</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Marathi</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nepali</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Norwegian</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Persian</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Polish</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Portuguese</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Punjabi</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Romanian</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Russian</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Serbian</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Sinhala</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Slovak</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Slovenian</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Spanish</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Swahili</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Swedish</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Tamil</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Telugu</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Thai</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Turkish</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Ukrainian</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Urdu</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Vietnamese</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Welsh</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Progresses</name>
    <message>
        <source>Reading prompt %1/%2</source>
        <translation>プロンプトを読み込み中 %1/%2</translation>
    </message>
    <message>
        <source>Reading prompt</source>
        <translation>プロンプトを読み込み中</translation>
    </message>
</context>
<context>
    <name>SettingWords</name>
    <message>
        <source>Colours</source>
        <translation type="unfinished">配色</translation>
    </message>
    <message>
        <source>System follows the desktop.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>theme dark light night</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Language</source>
        <translation type="unfinished">言語</translation>
    </message>
    <message>
        <source>Of the window, from the next start on.</source>
        <translation type="unfinished">画面の言語。次の起動から有効です。</translation>
    </message>
    <message>
        <source>English Chinese Japanese Korean 中文 日本語 한국어</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Reading size</source>
        <translation type="unfinished">文字の大きさ</translation>
    </message>
    <message>
        <source>Messages, segments and what you write.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>font text zoom larger smaller</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Code size</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Of the editor in the Code panel.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>font editor zoom larger smaller</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>System prompt</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What every chat begins with; the model sees it before your first message.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>instructions</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Sampling</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>How freely the model chooses its words.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>temperature top-p preset</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Thinking</source>
        <translation type="unfinished">考え中</translation>
    </message>
    <message>
        <source>For models that can reason before they answer.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>think reasoning</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Longest answer</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>An answer that stops there can be continued.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>tokens limit length</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Titles</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What a chat is called until you name it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>names of chats</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Doubt</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>In the token lens: words where the model hesitated between several.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>unsure underline probability</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Device</source>
        <translation type="unfinished">デバイス</translation>
    </message>
    <message>
        <source>GPU CPU CUDA graphics card processor</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Context length</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>How much the model can see at once. More takes more memory.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>tokens window memory</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Threads</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Fewer leave more of the processor to other programs.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>cores processor speed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Memory of the context</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>8 bits take three fifths of the memory. Answers can differ a little. Models with experts keep 16 bits.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>KV cache bits</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Keep read conversations on disk</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Going back to one needs no new reading then, also after a restart. The files hold its text, that of deleted chats included. Off deletes them.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>KV cache storage prefix</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Folder of models</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>One more place to look for models in.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>GGUF files directory</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Tell when an answer ends</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>While another window is in front, where the desktop shows notifications.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>notification</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Appearance</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Chat</source>
        <translation type="unfinished">チャット</translation>
    </message>
    <message>
        <source>Engine</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Desktop</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Diagnostics</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>When the window is closed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>In the tray, answers go on. Its icon opens the window again, or quits.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>tray background icon quit</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Automatic takes a graphics card whose numbers are right. What does not fit its memory runs on the processor.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Sizes</name>
    <message>
        <source>%1 MiB</source>
        <translation>%1 MiB</translation>
    </message>
    <message>
        <source>%1 GiB</source>
        <translation>%1 GiB</translation>
    </message>
</context>
<context>
    <name>SpeedReason</name>
    <message>
        <source>Nothing is measured yet: an answer of some words says how fast the model is.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The whole model is on the graphics card.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>How fast this machine reads its memory is measured when it has nothing else to do.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Reading took most of the time: %1 tokens were new.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Memory speed is the limit: %1 % of what this machine can read.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Faster than reading the model for each token: what repeats was guessed right.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 of %2 cores work: %3 % of what this machine can read.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Something else holds it up: only %1 % of what this machine can read.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Keep read conversations on disk: going back to one needs no reading then.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Shorter attachments leave less to read.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>8 bits for the context&apos;s memory: about +%1 %.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The model in 4 bits: about +%1 %.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>One thread for each core is faster.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Other programs use the processor or the memory: close what is not needed.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The processor sets the pace: it runs what the graphics card has no room for.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Tokens</name>
    <message>
        <source>1 token</source>
        <translation>1 トークン</translation>
    </message>
    <message>
        <source>%1 tokens</source>
        <translation>%1 トークン</translation>
    </message>
</context>
<context>
    <name>Workspace</name>
    <message>
        <source>%1 could not be read and was kept as %2</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>app::AnswerReplay</name>
    <message>
        <source>This answer was continued: its parts had prompts of their own, and it cannot be replayed in one.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This answer has no token.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>All tokens of this answer were given: there is nothing to replay.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No model is loaded. Load %1.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Another model is loaded. Load %1 from %2.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Stopped. The first %1 tokens are the same.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The same %1 tokens, one by one.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The first %1 tokens are the same; from token %2 on they differ.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The prompt has %1 tokens now, %2 then.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The device is another one: %1 then.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Baleen is another one: %1 then.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>app::AttachmentIntake</name>
    <message>
        <source>%1 of the files were not attached: %2 at once is the most.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>app::ChatSession</name>
    <message>
        <source>Only answers have tokens.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>An answer is under way.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>How this answer was asked is not known.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Load %1 to go on from here.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Loading %1 was stopped.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Another model was loaded meanwhile.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>app::ConversationListModel</name>
    <message>
        <source>New chat</source>
        <translation>新しいチャット</translation>
    </message>
    <message>
        <source>%1 (copy)</source>
        <translation>%1 (コピー)</translation>
    </message>
    <message>
        <source>Pinned</source>
        <translation>ピン留め</translation>
    </message>
    <message>
        <source>Today</source>
        <translation>今日</translation>
    </message>
    <message>
        <source>Yesterday</source>
        <translation>昨日</translation>
    </message>
    <message>
        <source>Previous 7 days</source>
        <translation>過去 7 日間</translation>
    </message>
    <message>
        <source>Earlier</source>
        <translation>それ以前</translation>
    </message>
    <message>
        <source>Archived</source>
        <translation>アーカイブ済み</translation>
    </message>
</context>
<context>
    <name>app::ModelCatalog</name>
    <message>
        <source>Needs %1 of memory; %2 is free.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Fits</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Needs %1 more</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Not supported</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Damaged</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>app::SummaryWriter</name>
    <message>
        <source>The model was unloaded. Nothing was summarised.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A message is too long to be read in one piece. Nothing was summarised.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The model wrote no summary. Nothing was changed.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The conversation changed meanwhile. Nothing was summarised.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>app::markdown</name>
    <message>
        <source>(a picture of the answer, not loaded)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>(a picture on %1, not loaded)</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>app::math::FormulaRenderer</name>
    <message>
        <source>Too many formulas wait to be drawn.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ui::AttachmentChip</name>
    <message>
        <source>Remove the attachment</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Reading</source>
        <translation>読み込み中</translation>
    </message>
    <message>
        <source>not seen by the model</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Attachment %1, %2</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ui::AttachmentDialog</name>
    <message>
        <source>%1 characters</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>not seen by the model</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>this is what the model reads</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Text of the attachment</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Copy all</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Close</source>
        <translation>閉じる</translation>
    </message>
</context>
<context>
    <name>ui::AttachmentStrip</name>
    <message>
        <source>Take the note away</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>再試行</translation>
    </message>
    <message>
        <source>Attachments</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ui::Attachments</name>
    <message>
        <source>not seen by the model</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>1 byte</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 bytes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 KB</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 MB</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ui::ChatFiles</name>
    <message>
        <source>Markdown, what is shown (*.md)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Web page, what is shown (*.html)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>PDF, what is shown (*.pdf)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>JSON, everything, can be imported (*.json)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the file cannot be written</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Export the chat</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Export all chats</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>JSON (*.json)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Import chats of Baleen, ChatGPT, Open WebUI or LM Studio</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Chats (*.json *.jsonl *.md *.markdown);;All files (*)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Written to %1: %2.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing was written to %1: %2.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>From %1: %2 with %3.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ui::ChatFindBar</name>
    <message>
        <source>Find in this chat</source>
        <translation>このチャット内を検索</translation>
    </message>
    <message>
        <source>No hits</source>
        <translation>一致なし</translation>
    </message>
    <message>
        <source>%1/%2</source>
        <translation>%1/%2</translation>
    </message>
</context>
<context>
    <name>ui::ChatPanel</name>
    <message>
        <source>Find in this chat</source>
        <translation>このチャット内を検索</translation>
    </message>
    <message>
        <source>Attached: %1</source>
        <translation>添付: %1</translation>
    </message>
    <message>
        <source>You</source>
        <translation>あなた</translation>
    </message>
    <message>
        <source>Answer</source>
        <translation>回答</translation>
    </message>
    <message>
        <source>Save code</source>
        <translation>コードを保存</translation>
    </message>
    <message>
        <source>%1 was not written: %2</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open link</source>
        <translation>リンクを開く</translation>
    </message>
    <message>
        <source>This link leads to %1. Open it in the browser?</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Only web and mail addresses are opened.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open</source>
        <translation>開く</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>コピー</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>キャンセル</translation>
    </message>
    <message>
        <source>What was pasted is a picture. The model reads text only.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Attach files</source>
        <translation>ファイルを添付</translation>
    </message>
    <message>
        <source>Pasted text</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Some files are not attached. Take their note away, then send.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 is not attached. Take its note away, then send.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show the text</source>
        <translation>テキストを表示</translation>
    </message>
    <message>
        <source>Put into the message</source>
        <translation>メッセージに入れる</translation>
    </message>
    <message>
        <source>It is longer than a message is: the model reads it as an attachment.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>取り除く</translation>
    </message>
    <message>
        <source>Holds for: %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Instructions…</source>
        <translation>指示…</translation>
    </message>
    <message>
        <source>This model</source>
        <translation>このモデル</translation>
    </message>
    <message>
        <source>This folder</source>
        <translation>このフォルダー</translation>
    </message>
    <message>
        <source>This chat</source>
        <translation>このチャット</translation>
    </message>
    <message>
        <source>All chats</source>
        <translation>すべてのチャット</translation>
    </message>
    <message>
        <source>under a second</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>about %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Enter sends, Shift Enter starts a new line</source>
        <translation>Enter で送信、Shift+Enter で改行</translation>
    </message>
    <message>
        <source>, takes %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Summarise</source>
        <translation>要約</translation>
    </message>
    <message>
        <source>The oldest %1. Frees %2%3.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Leave out</source>
        <translation>文脈から外す</translation>
    </message>
    <message>
        <source>You pick what the model stops seeing. It stays here.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Larger context</source>
        <translation>コンテキストを広げる</translation>
    </message>
    <message>
        <source>%1 tokens. Takes %2 more; the model is loaded again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>New chat</source>
        <translation>新しいチャット</translation>
    </message>
    <message>
        <source>Starts with this message. This chat stays.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This message and its answer need %1 tokens; %2 are free.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There is nothing older that a summary would make shorter.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 cannot be left out.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Double click renames</source>
        <translation>ダブルクリックで名前を変更</translation>
    </message>
    <message>
        <source>More for this chat</source>
        <translation>このチャットのその他の操作</translation>
    </message>
    <message>
        <source>Context: what the model sees</source>
        <translation>コンテキスト: モデルに見えるもの</translation>
    </message>
    <message>
        <source>New title</source>
        <translation>新しいタイトル</translation>
    </message>
    <message>
        <source>Waiting: another chat is being answered</source>
        <translation>待機中: 別のチャットに回答しています</translation>
    </message>
    <message>
        <source>Waiting: another panel is at work</source>
        <translation>待機中: 別のパネルが作業しています</translation>
    </message>
    <message>
        <source>Write the next message; it is sent when this answer ends</source>
        <translation>次のメッセージを入力 (この回答が終わると送信)</translation>
    </message>
    <message>
        <source>Write a message</source>
        <translation>メッセージを入力</translation>
    </message>
    <message>
        <source>Write the next message</source>
        <translation>次のメッセージを入力</translation>
    </message>
    <message>
        <source>Attachments without words</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Sent as soon as the model is loaded</source>
        <translation>モデルの読み込み後に送信</translation>
    </message>
    <message>
        <source>No model is loaded. The message waits.</source>
        <translation>モデルが読み込まれていません。メッセージは待機します。</translation>
    </message>
    <message>
        <source>Reading prompt</source>
        <translation>プロンプトを読み込み中</translation>
    </message>
    <message>
        <source>Stopping</source>
        <translation>停止中</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>停止</translation>
    </message>
    <message>
        <source>The context is full. Nothing was dropped, your message is not sent yet.</source>
        <translation>コンテキストがいっぱいです。何も捨てていません。メッセージはまだ送信されていません。</translation>
    </message>
    <message>
        <source>Not sent. Your text is kept.</source>
        <translation>送信されていません。文章は保持されています。</translation>
    </message>
    <message>
        <source>1 part is left out. It stays in the chat, the model does not see it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 parts are left out. They stay in the chat, the model does not see them.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Bring back</source>
        <translation>戻す</translation>
    </message>
    <message>
        <source>You edit the answer. Sending makes it a version of its own; the model&apos;s stays.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>You edit an earlier message. Sending makes a new version; the old one stays.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Your next message begins a branch here. What stood below is kept.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show it</source>
        <translation>表示</translation>
    </message>
    <message>
        <source>The last changes are not on the disk yet.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>再試行</translation>
    </message>
    <message>
        <source>No model is loaded. Your message will wait.</source>
        <translation>モデルが読み込まれていません。メッセージは待機します。</translation>
    </message>
    <message>
        <source>Choose a model</source>
        <translation>モデルを選ぶ</translation>
    </message>
    <message>
        <source>The model is being loaded. What you send is answered as soon as it is there.</source>
        <translation>モデルを読み込み中です。送信した内容には読み込み後すぐに回答します。</translation>
    </message>
    <message>
        <source>Summarising %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>, part %1 of %2</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>: reading %1/%2</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>: writing</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 tokens reused</source>
        <translation>%1 トークンを再利用</translation>
    </message>
    <message>
        <source>Thinking, %1</source>
        <translation>考え中、%1</translation>
    </message>
    <message>
        <source>Writing</source>
        <translation>生成中</translation>
    </message>
    <message>
        <source>Saving the message</source>
        <translation>メッセージを保存中</translation>
    </message>
    <message>
        <source>%1 tok/s</source>
        <translation>%1 tok/s</translation>
    </message>
    <message>
        <source>Saved</source>
        <translation>保存済み</translation>
    </message>
    <message>
        <source>Saving</source>
        <translation>保存中</translation>
    </message>
    <message>
        <source>Not saved: %1</source>
        <translation>未保存: %1</translation>
    </message>
    <message>
        <source>Not saved</source>
        <translation>未保存</translation>
    </message>
    <message>
        <source>temperature %1</source>
        <translation>温度 %1</translation>
    </message>
    <message>
        <source>, top-p %1</source>
        <translation>、top-p %1</translation>
    </message>
    <message>
        <source>Precise</source>
        <translation>正確</translation>
    </message>
    <message>
        <source>Creative</source>
        <translation>創造的</translation>
    </message>
    <message>
        <source>Balanced</source>
        <translation>バランス</translation>
    </message>
    <message>
        <source>Recommended</source>
        <translation>推奨</translation>
    </message>
    <message>
        <source>facts and code</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>most questions</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>ideas and stories</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>as the model&apos;s makers advise</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>no advice is known for this model, as Balanced</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Source: %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Write the next message; it follows answer %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The answer has begun.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The answer has ended, %1.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The answer has ended.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Tree of this chat</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Two answers: %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Stop the answers first: going there closes their comparison.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Replaying an answer</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Writing a title</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Answering another chat</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ui::CodeItem</name>
    <message>
        <source>Text</source>
        <translation>テキスト</translation>
    </message>
    <message>
        <source>Open in Code</source>
        <translation>コードで開く</translation>
    </message>
    <message>
        <source>Copied</source>
        <translation>コピーしました</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>コピー</translation>
    </message>
    <message>
        <source>Copy code, %1, %2 lines</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Do not wrap long lines</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Wrap long lines</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Save this code as a file</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This code holds characters that are not seen. They are shown as signs here and copied as they are.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open this code in the Code panel</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Hidden characters: %1</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ui::CodePanel</name>
    <message>
        <source>%1 tok/s</source>
        <translation>%1 tok/s</translation>
    </message>
    <message>
        <source>Explanation</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Notes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The file was not opened</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>再試行</translation>
    </message>
    <message>
        <source>The answer broke off. What has come is kept.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There is no answer.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Stopped, because the text around the cursor was edited.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>You edited while the answer came. Your text is unchanged.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Use the answer</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Stopped at the length limit, %1 tokens.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Stopped, because the context is full. %1 tokens are kept.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Stopped. %1 kept.</source>
        <translation>停止しました。%1 を保持。</translation>
    </message>
    <message>
        <source>Undo</source>
        <translation>元に戻す</translation>
    </message>
    <message>
        <source>The answer holds no code. Your text is unchanged.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The model has nothing to add here.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The text is longer than the context: the model saw the part around the cursor.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Waits for a model</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Starts as soon as the model is ready</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Waits for 1 other request</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Waits for %1 other requests</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Thinking</source>
        <translation>考え中</translation>
    </message>
    <message>
        <source>Explaining</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Writing code</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Fills in at the cursor</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Stopping</source>
        <translation>停止中</translation>
    </message>
    <message>
        <source>Save code</source>
        <translation>コードを保存</translation>
    </message>
    <message>
        <source>%1 changed on disk since it was opened.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It was not saved. Overwriting loses what the other program wrote.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Overwrite</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Save as…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 was not saved.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open file</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Text of the editor</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The last text could not be read.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The text is not kept on disk.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1: %2. Save it as a file before closing.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The code was not written.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The code is written.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Code</source>
        <translation type="unfinished">コード</translation>
    </message>
</context>
<context>
    <name>ui::CommandPalette</name>
    <message>
        <source>Command palette</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Find an action, a chat, a model or a setting</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What was found</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing is called or says that.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing is called that. It was said here:</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing is called that.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ui::ComparisonCard</name>
    <message>
        <source>Compare two answers</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This question</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The next message</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation type="unfinished">キャンセル</translation>
    </message>
    <message>
        <source>Compare</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Answer %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No model</source>
        <translation type="unfinished">モデルなし</translation>
    </message>
    <message>
        <source>Version %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>As it is</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>New, %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 (loaded)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The chat was closed.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No model is loaded or installed.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Both are the same answer.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>An answer is under way.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 is loaded for its answer: it needs about %2.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 is loaded for its answer.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>That is %1 more than is free now; it can become slow or fail.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 is loaded again when you go on with its answer or close the comparison.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Answer %1: %2</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>As it was</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Sampling of answer %1: %2</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Use for the next message</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Compare (Ctrl+Enter)</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ui::ComparisonColumn</name>
    <message>
        <source>Keep this one</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Alt %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Saving the message</source>
        <translation type="unfinished">メッセージを保存中</translation>
    </message>
    <message>
        <source>Waits for the other answer</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Loading %1</source>
        <translation type="unfinished">%1 を読み込み中</translation>
    </message>
    <message>
        <source>Waits until the engine is free to load its model</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Waits for the engine</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Thinking, %1</source>
        <translation type="unfinished">考え中、%1</translation>
    </message>
    <message>
        <source>Stopping</source>
        <translation type="unfinished">停止中</translation>
    </message>
    <message>
        <source>Writing</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Go on with this answer; the other one stays as a version</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There is no answer yet</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Keep answer %1, %2</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Answer %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Reading prompt</source>
        <translation type="unfinished">プロンプトを読み込み中</translation>
    </message>
</context>
<context>
    <name>ui::ComparisonView</name>
    <message>
        <source>Answer 1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Answer 2</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Mark differences</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Close the comparison</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Two answers</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Which answer is shown</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Mark the words that the other answer does not have</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Esc</source>
        <translation type="unfinished">Esc</translation>
    </message>
    <message>
        <source>Question</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Compare with version %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Compare answers…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The next message gets two answers by %1: %2 and %3.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The next message gets two answers: %1 (%2) and %3 (%4).</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Change…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>One answer</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ui::Composer</name>
    <message>
        <source>Attach files</source>
        <translation>ファイルを添付</translation>
    </message>
    <message>
        <source>Think</source>
        <translation>思考</translation>
    </message>
    <message>
        <source>Send message</source>
        <translation>メッセージを送信</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>停止</translation>
    </message>
    <message>
        <source>Enter</source>
        <translation>Enter</translation>
    </message>
    <message>
        <source>Stop the answer</source>
        <translation>回答を停止</translation>
    </message>
    <message>
        <source>How freely the model chooses its words</source>
        <translation>モデルの言葉選びの自由さ</translation>
    </message>
    <message>
        <source>Message</source>
        <translation>メッセージ</translation>
    </message>
    <message>
        <source>Send when this answer ends</source>
        <translation>この回答の後に送信</translation>
    </message>
    <message>
        <source>Stop the answer (%1)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Let the model think before it answers (%1)</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ui::ContextBar</name>
    <message>
        <source>Instructions</source>
        <translation>指示</translation>
    </message>
    <message>
        <source>Pinned</source>
        <translation>ピン留め</translation>
    </message>
    <message>
        <source>Files</source>
        <translation>ファイル</translation>
    </message>
    <message>
        <source>Conversation</source>
        <translation>会話</translation>
    </message>
    <message>
        <source>Your draft</source>
        <translation>下書き</translation>
    </message>
    <message>
        <source>Context: %1</source>
        <translation>コンテキスト: %1</translation>
    </message>
    <message>
        <source>%1 too many</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 of %2 tokens</source>
        <translation>%1 / %2 トークン</translation>
    </message>
    <message>
        <source>%1, %2, %3 %</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Kept for the answer, %1</source>
        <translation>回答用、%1</translation>
    </message>
    <message>
        <source>Free, %1</source>
        <translation>空き、%1</translation>
    </message>
    <message>
        <source>Click: all parts (%1)</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ui::ContextChoices</name>
    <message>
        <source>Alt %1</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ui::ContextInspector</name>
    <message>
        <source>Context</source>
        <translation>コンテキスト</translation>
    </message>
    <message>
        <source>Summarise older</source>
        <translation>古い部分を要約</translation>
    </message>
    <message>
        <source>Inspector: context</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Parts of the context</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Close the inspector</source>
        <translation>インスペクターを閉じる</translation>
    </message>
    <message>
        <source>of %1 tokens used</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No model is loaded</source>
        <translation>モデルが読み込まれていません</translation>
    </message>
    <message>
        <source>Nothing is ever dropped without asking. At %1 tokens you choose: summarise, leave out or a new chat.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>With a model this shows what it sees.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ui::ConversationList</name>
    <message>
        <source>New chat</source>
        <translation>新しいチャット</translation>
    </message>
    <message>
        <source>Search chats</source>
        <translation>チャットを検索</translation>
    </message>
    <message>
        <source>Search all chats</source>
        <translation>すべてのチャットを検索</translation>
    </message>
    <message>
        <source>Words, “several words”, model:NAME, folder:NAME, tag:NAME, after:2026-01-31, before:2026-12-31</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Chats</source>
        <translation>チャット</translation>
    </message>
    <message>
        <source>Deleted “%1”.</source>
        <translation>「%1」を削除しました。</translation>
    </message>
    <message>
        <source>Undo</source>
        <translation>元に戻す</translation>
    </message>
    <message>
        <source>Your chats will be listed here. They stay on this computer.</source>
        <translation>チャットはここに並びます。このコンピューターの外には出ません。</translation>
    </message>
    <message>
        <source>No chat contains “%1”.</source>
        <translation>「%1」を含むチャットはありません。</translation>
    </message>
    <message>
        <source>Search archived chats</source>
        <translation>アーカイブ済みも検索</translation>
    </message>
    <message>
        <source>Not searched yet: %1.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Rename</source>
        <translation>名前を変更</translation>
    </message>
    <message>
        <source>New title</source>
        <translation>新しいタイトル</translation>
    </message>
    <message>
        <source>Removed the folder “%1”. Its chats stay.</source>
        <translation>フォルダー「%1」を削除しました。チャットは残っています。</translation>
    </message>
</context>
<context>
    <name>ui::DeletedChatsDialog</name>
    <message>
        <source>Bring back</source>
        <translation>戻す</translation>
    </message>
    <message>
        <source>Remove for good…</source>
        <translation>完全に削除…</translation>
    </message>
    <message>
        <source>Deleted chats</source>
        <translation>削除したチャット</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>閉じる</translation>
    </message>
    <message>
        <source>Remove for good</source>
        <translation>完全に削除</translation>
    </message>
    <message>
        <source>Remove %1 with all messages? This cannot be undone.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>New chat</source>
        <translation>新しいチャット</translation>
    </message>
    <message>
        <source>Deleted on %1. Days left: %2.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Deleted chats are kept for 30 days.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No chat was deleted in the last 30 days.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ui::DiagnosticsPage</name>
    <message>
        <source>Copy</source>
        <translation>コピー</translation>
    </message>
    <message>
        <source>Copied</source>
        <translation>コピーしました</translation>
    </message>
</context>
<context>
    <name>ui::EditorCard</name>
    <message>
        <source>Open file</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Paste code</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Write what to build, or open a file.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Code</source>
        <translation>コード</translation>
    </message>
    <message>
        <source>Source before the last answer</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show the task</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Use as source</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Brings this text back into the editor; what is there now comes here</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Find in this text</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Copy code</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Save as…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Copy the notes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Hide the notes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Source</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Source: %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The text that was in the editor before the last answer</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ui::EditorFindBar</name>
    <message>
        <source>Find in this text</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Match upper and lower case</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No hits</source>
        <translation>一致なし</translation>
    </message>
    <message>
        <source>More than %1 hits</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>1 hit</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 hits</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ui::FindBar</name>
    <message>
        <source>Previous hit</source>
        <translation>前の一致</translation>
    </message>
    <message>
        <source>Next hit</source>
        <translation>次の一致</translation>
    </message>
    <message>
        <source>Close find</source>
        <translation>検索を閉じる</translation>
    </message>
</context>
<context>
    <name>ui::InstructionsDialog</name>
    <message>
        <source>Instructions</source>
        <translation>指示</translation>
    </message>
    <message>
        <source>{{date}}, {{weekday}}, {{time}}, {{model}} and {{language}} are filled in; date and time are those of the chat&apos;s beginning.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Instructions for the model</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What the model is told before every answer</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Save</source>
        <translation>保存</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>キャンセル</translation>
    </message>
    <message>
        <source>This chat is told nothing.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This chat is told, by “%1”: %2</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ui::KeysDialog</name>
    <message>
        <source>Search keys</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Close</source>
        <translation type="unfinished">閉じる</translation>
    </message>
</context>
<context>
    <name>ui::LanguageBar</name>
    <message>
        <source>Swap languages</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Detect language</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Language of the text: %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Language to translate to: %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Detected, %1% sure</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Language not known yet</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Perhaps %1, %2% sure</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Take %1 as the language of the text</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>停止</translation>
    </message>
    <message>
        <source>Stop: what is translated stays</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Translate again</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Resume</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Translate</source>
        <translation>翻訳</translation>
    </message>
    <message>
        <source>There is no text to translate.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The text is in this language already.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Language of the text (%1)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Language to translate to (%1)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Translate all of it once more (%1)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Translate now (%1)</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ui::MainWindow</name>
    <message>
        <source>Chat</source>
        <translation>チャット</translation>
    </message>
    <message>
        <source>Code</source>
        <translation>コード</translation>
    </message>
    <message>
        <source>Translate</source>
        <translation>翻訳</translation>
    </message>
    <message>
        <source>%1 was not loaded</source>
        <translation>%1 を読み込めませんでした</translation>
    </message>
    <message>
        <source>Choose another model</source>
        <translation>別のモデルを選ぶ</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>再試行</translation>
    </message>
    <message>
        <source>Loading</source>
        <translation>読み込み中</translation>
    </message>
    <message>
        <source>No model</source>
        <translation>モデルなし</translation>
    </message>
    <message>
        <source>Choose one</source>
        <translation>選んでください</translation>
    </message>
    <message>
        <source>Unknown chat format</source>
        <translation>不明なチャット形式</translation>
    </message>
    <message>
        <source>Loading %1, %2 of %3 GiB</source>
        <translation>%1 を読み込み中、%2 / %3 GiB</translation>
    </message>
    <message>
        <source>Loading %1</source>
        <translation>%1 を読み込み中</translation>
    </message>
    <message>
        <source>Chat goes first when you send</source>
        <translation>送信するとチャットが優先されます</translation>
    </message>
    <message>
        <source>No model loaded</source>
        <translation>モデル未読み込み</translation>
    </message>
    <message>
        <source>%1 could not be loaded</source>
        <translation>%1 を読み込めませんでした</translation>
    </message>
    <message>
        <source>Working</source>
        <translation>作業中</translation>
    </message>
    <message>
        <source>Loaded in %1 s</source>
        <translation>%1 秒で読み込み</translation>
    </message>
    <message>
        <source>Ready</source>
        <translation>準備完了</translation>
    </message>
    <message>
        <source>Looking for models…</source>
        <translation>モデルを探しています…</translation>
    </message>
    <message>
        <source>No models yet</source>
        <translation>まだモデルがありません</translation>
    </message>
    <message>
        <source>Cancel loading</source>
        <translation>読み込みを中止</translation>
    </message>
    <message>
        <source>Open model file</source>
        <translation>モデルファイルを開く</translation>
    </message>
    <message>
        <source>Models (*.gguf config.json);;All files (*)</source>
        <translation>モデル (*.gguf config.json);;すべてのファイル (*)</translation>
    </message>
    <message>
        <source>New chat</source>
        <translation type="unfinished">新しいチャット</translation>
    </message>
    <message>
        <source>Keys in Code</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Keys in Translate</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Keys in Chat</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Archived chat</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Model</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Setting</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 and processor</source>
        <extracomment>a graphics card and the processor</extracomment>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ui::MessageItem</name>
    <message>
        <source>Fold the reasoning</source>
        <translation>思考を折りたたむ</translation>
    </message>
    <message>
        <source>Show the reasoning</source>
        <translation>思考を表示</translation>
    </message>
    <message>
        <source>Thinking, %1</source>
        <translation>考え中、%1</translation>
    </message>
    <message>
        <source>Thinking</source>
        <translation>考え中</translation>
    </message>
    <message>
        <source>Thought for %1</source>
        <translation>%1 考えました</translation>
    </message>
    <message>
        <source>Thought</source>
        <translation>考えました</translation>
    </message>
    <message>
        <source>Previous version, %1 of %2</source>
        <translation>前の版、%1 / %2</translation>
    </message>
    <message>
        <source>Next version, %1 of %2</source>
        <translation>次の版、%1 / %2</translation>
    </message>
    <message>
        <source>Copied</source>
        <translation>コピーしました</translation>
    </message>
    <message>
        <source>Copy message</source>
        <translation>メッセージをコピー</translation>
    </message>
    <message>
        <source>Copy answer</source>
        <translation>回答をコピー</translation>
    </message>
    <message>
        <source>Edit and send again</source>
        <translation>編集して再送信</translation>
    </message>
    <message>
        <source>Show less</source>
        <translation>折りたたむ</translation>
    </message>
    <message>
        <source>Show all %1 characters</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 s</source>
        <translation>%1 秒</translation>
    </message>
    <message>
        <source>%1 min %2 s</source>
        <translation>%1 分 %2 秒</translation>
    </message>
    <message>
        <source>%1 min</source>
        <translation>%1 分</translation>
    </message>
    <message>
        <source>Retry (%1)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Close the token lens (%1)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Token lens (%1)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Compare two versions</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ui::MessageTreeView</name>
    <message>
        <source>Tree</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Close the tree</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Tree of this chat</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Messages of all branches</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ui::MessageView</name>
    <message>
        <source>The model sees this summary of %1 in their place: %2</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Not seen by the model.</source>
        <translation>モデルには見えません。</translation>
    </message>
    <message>
        <source>Bring back</source>
        <translation>戻す</translation>
    </message>
    <message>
        <source>Edited by you</source>
        <translation>あなたが編集</translation>
    </message>
    <message>
        <source>%1 tok/s</source>
        <translation>%1 tok/s</translation>
    </message>
    <message>
        <source>first token after %1 s</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Continue</source>
        <translation>続ける</translation>
    </message>
    <message>
        <source>Retry</source>
        <translation>再生成</translation>
    </message>
    <message>
        <source>The context is full. Nothing was dropped.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There is no answer</source>
        <translation>回答がありません</translation>
    </message>
    <message>
        <source>The answer ended early</source>
        <translation>回答が途中で終わりました</translation>
    </message>
    <message>
        <source>The engine gave no reason.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>New chat</source>
        <translation>新しいチャット</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>再試行</translation>
    </message>
    <message>
        <source>Stopped. %1 kept.</source>
        <translation>停止しました。%1 を保持。</translation>
    </message>
    <message>
        <source>Stopped before the first token.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Stopped. What was written is kept.</source>
        <translation>停止しました。書かれた内容は保持されています。</translation>
    </message>
    <message>
        <source>Baleen closed unexpectedly. Everything up to the last second is here.</source>
        <translation>Baleen が予期せず終了しました。最後の 1 秒までの内容がここにあります。</translation>
    </message>
    <message>
        <source>Stopped at the length limit, %1 tokens.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The context is full: the answer stops here.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>You, with %1: %2</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>You: %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>being written</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>finished</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Answer, %1, %2: %3</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>prompt of %1, %2 reused</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>prompt of %1</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ui::ModelSwitch</name>
    <message>
        <source>Switch the model</source>
        <translation>モデルを切り替え</translation>
    </message>
    <message>
        <source>No model</source>
        <translation>モデルなし</translation>
    </message>
    <message>
        <source>Choose one</source>
        <translation>選んでください</translation>
    </message>
</context>
<context>
    <name>ui::Notice</name>
    <message>
        <source>Close this notice</source>
        <translation>この通知を閉じる</translation>
    </message>
</context>
<context>
    <name>ui::Notifications</name>
    <message>
        <source>Open</source>
        <translation type="unfinished">開く</translation>
    </message>
</context>
<context>
    <name>ui::ProseView</name>
    <message>
        <source>Notes of the model</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ui::QueueBar</name>
    <message>
        <source>Waiting message: %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Send this message earlier</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Take the message back into the composer</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Drop the message</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ui::ReceiptDialog</name>
    <message>
        <source>Replay</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Receipt of the answer</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>コピー</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>閉じる</translation>
    </message>
    <message>
        <source>Replay asks the same again, with the same seed, and compares token by token. Nothing of it is kept.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>off</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Model</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>File</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Fingerprint</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Device</source>
        <translation>デバイス</translation>
    </message>
    <message>
        <source>Program</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Seed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Sampling</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>temperature %1, top-k %2, top-p %3, min-p %4, repeat penalty %5 over %6 tokens</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Context</source>
        <translation>コンテキスト</translation>
    </message>
    <message>
        <source>%1 of %2</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Answer</source>
        <translation>回答</translation>
    </message>
    <message>
        <source>Think</source>
        <translation>思考</translation>
    </message>
    <message>
        <source>on</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Given</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1, the last one chosen by you; a replay begins behind them</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Cut</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>after %1 tokens, and gone on with the same sampler</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Continued</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>by asking the model to go on</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Instructions</source>
        <translation>指示</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>停止</translation>
    </message>
    <message>
        <source>Replaying…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Replaying, %1 letters…</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ui::RowRemark</name>
    <message>
        <source>Try again</source>
        <translation>再試行</translation>
    </message>
    <message>
        <source>Left in the original: %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>Left in the original after %n tries.</source>
        <translation type="unfinished">
            <numerusform></numerusform>
        </translation>
    </message>
    <message>
        <source>A number is missing: %1.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A tag or placeholder is missing: %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Much shorter than the source: a part may be missing.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Stopped at the length limit: the end may be missing.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The source asks, the translation does not.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This translation needs a look.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ui::RowsModel</name>
    <message>
        <source>Pin: it always stays (P)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Unpin (P)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Summarise up to here (S)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Leave out (Delete)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Bring back (B)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show (Enter)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Left out: %1 that the model does not read again</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Reasoning</source>
        <translation>思考</translation>
    </message>
    <message>
        <source>Summary of %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Kept for the answer</source>
        <translation>回答用</translation>
    </message>
    <message>
        <source>Free</source>
        <translation>空き</translation>
    </message>
    <message>
        <source>, left out</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>, in the summary</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1, %2%3</source>
        <translation type="unfinished">%1: %2%3 {1,?}</translation>
    </message>
    <message>
        <source>Not seen by the model. It stays in the chat.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The model sees the summary in its place.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The model sees it in place of these turns. It stands in the chat.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ui::SegmentTable</name>
    <message>
        <source>Source text</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Translation</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Type or paste text, or drop a file (txt or md).</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Segments</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>waiting</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>being translated</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>kept</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>unsure</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>failed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>as in the source</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Segment %1 of %2, %3</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1: source %2</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1: source %2, translation %3</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ui::SettingsDialog</name>
    <message>
        <source>System</source>
        <translation>システム</translation>
    </message>
    <message>
        <source>Settings</source>
        <translation>設定</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>閉じる</translation>
    </message>
    <message>
        <source>Light</source>
        <translation>ライト</translation>
    </message>
    <message>
        <source>Dark</source>
        <translation>ダーク</translation>
    </message>
    <message>
        <source>Smaller text</source>
        <translation>文字を小さく</translation>
    </message>
    <message>
        <source>Larger text</source>
        <translation>文字を大きく</translation>
    </message>
    <message>
        <source>%1 px</source>
        <translation>%1 px</translation>
    </message>
    <message>
        <source>Load the model again</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 tokens</source>
        <translation>%1 トークン</translation>
    </message>
    <message>
        <source>Chosen for the model</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>%n thread(s)</source>
        <translation>
            <numerusform>%n スレッド</numerusform>
        </translation>
    </message>
    <message>
        <source>One for each core</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>These count when a model is loaded</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Processor</source>
        <translation>プロセッサ</translation>
    </message>
    <message>
        <source>Graphics card</source>
        <translation>グラフィックカード</translation>
    </message>
    <message>
        <source>Automatic</source>
        <translation>自動</translation>
    </message>
    <message>
        <source>%1 bits</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Up to %1 GiB</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Off</source>
        <translation>オフ</translation>
    </message>
    <message>
        <source>Delete</source>
        <translation>削除</translation>
    </message>
    <message>
        <source>Nothing</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Not all could be deleted</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Conversations on disk now</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Delete the conversations kept on disk</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>For example: Answer briefly and in British English.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Until the context is full</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>By the model, when it is idle</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The first words</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Underlined</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Not shown</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No setting is called that.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Search settings</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Defaults</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>All settings of this page back to their defaults</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Defaults of this page</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 has its defaults.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Changes apply at once</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Undo</source>
        <translation type="unfinished">元に戻す</translation>
    </message>
    <message>
        <source>Settings found</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 px more</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 px less</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>As usual</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Smaller code</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Larger code</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>On</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>As the model does</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>none</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose a folder…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Folder of models</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>With a notification</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Not at all</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1: back to the default, %2</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 has its default.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Default: %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Keep running in the tray</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Quit</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This desktop shows no tray: Baleen quits when the window is closed.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Start Baleen again</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The window speaks it from the next start on</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Any graphics card</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ui::Sidebar</name>
    <message>
        <source>Settings</source>
        <translation>設定</translation>
    </message>
    <message>
        <source>Sidebar</source>
        <translation>サイドバー</translation>
    </message>
</context>
<context>
    <name>ui::SpeedPopover</name>
    <message>
        <source>Why this speed</source>
        <translation>速度の理由</translation>
    </message>
    <message>
        <source>%1 s</source>
        <translation>%1 秒</translation>
    </message>
    <message>
        <source>Read for each token</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 GB, %2 GB of it context</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Memory speed used</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 of %2 GB/s</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Reading</source>
        <translation>読み込み</translation>
    </message>
    <message>
        <source>%1, %2 tok/s</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Writing</source>
        <translation>生成</translation>
    </message>
    <message>
        <source>Tokens reused</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 of %2</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Layers on the graphics card</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>all %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>none of %1</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ui::StartView</name>
    <message>
        <source>Explain a piece of code</source>
        <translation>コードを説明</translation>
    </message>
    <message>
        <source>Paste it, or drop a file here</source>
        <translation>貼り付けるか、ファイルをドロップ</translation>
    </message>
    <message>
        <source>Explain step by step what this code does:

```
</source>
        <translation>このコードの動作を順を追って説明してください:

```
</translation>
    </message>
    <message>
        <source>Summarise a document</source>
        <translation>文書を要約</translation>
    </message>
    <message>
        <source>Paste the text, or drop a text file here</source>
        <translation>貼り付けるか、テキストファイルをドロップ</translation>
    </message>
    <message>
        <source>Summarise this text in five points:

</source>
        <translation>この文章を 5 つの要点にまとめてください:

</translation>
    </message>
    <message>
        <source>What are you working on?</source>
        <translation>何に取り組んでいますか？</translation>
    </message>
    <message>
        <source>Everything runs on this computer. Write in any language, or start from one of these.</source>
        <translation>すべてこのコンピューターで動きます。どの言語でも入力できます。</translation>
    </message>
</context>
<context>
    <name>ui::StatusLine</name>
    <message>
        <source>Cancel</source>
        <translation>キャンセル</translation>
    </message>
    <message>
        <source>Status</source>
        <translation>状態</translation>
    </message>
    <message>
        <source>Why this speed</source>
        <translation>速度の理由</translation>
    </message>
    <message>
        <source>Tokens a second; a token is about 4 letters or 1.5 Chinese characters. Click: why this speed.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Context %1 / %2</source>
        <translation>コンテキスト %1 / %2</translation>
    </message>
    <message>
        <source>Saving</source>
        <translation>保存中</translation>
    </message>
    <message>
        <source>RAM %1 / %2 GiB</source>
        <translation>RAM %1 / %2 GiB</translation>
    </message>
    <message>
        <source>Memory this program uses, the model included, of what the machine has.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Tokens the model sees now, of what its context holds.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ui::TabButton</name>
    <message>
        <source>%1, not saved</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1, being written</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ui::TaskCard</name>
    <message>
        <source>What the model sees</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Context</source>
        <translation>コンテキスト</translation>
    </message>
    <message>
        <source>Language of the code</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>New task</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show the editor</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Generate</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Write code from a description</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Complete</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Write on at the cursor of the editor</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Explain</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Explain the code in the editor</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Fix</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Find and fix bugs in the editor&apos;s code</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Refactor</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Make the editor&apos;s code easier to read</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Tests</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Write tests for the editor&apos;s code</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show the editor&apos;s text to the model</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Automatic</source>
        <translation>自動</translation>
    </message>
    <message>
        <source>Automatic: %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No model loaded</source>
        <translation>モデル未読み込み</translation>
    </message>
    <message>
        <source>%1 tokens</source>
        <translation>%1 トークン</translation>
    </message>
    <message>
        <source>%1 of %2 tokens</source>
        <translation>%1 / %2 トークン</translation>
    </message>
    <message>
        <source>%1 tokens are kept for the answer.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What to build</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What comes here, optional</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Your question, optional</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What is wrong, optional</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What to change, optional</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What to test, optional</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A command-line tool that counts words, with options for the language and the output file</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Complete reads the code before and after the cursor.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Why is this slow for long lists?</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It stops with an error when the list is empty.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Split the long function, name the constants.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>An empty list, a list with one entry, a wrong type.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The editor is empty</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1, not sent</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>1 line</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 lines</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This model completes from the code alone: the words above are not sent.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This model cannot fill in at the cursor. It is asked for the missing piece, which is less exact.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>停止</translation>
    </message>
    <message>
        <source>Takes the task out of the queue</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What has been written stays</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Write what to build first</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Write or paste code in the editor first, or open a file</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ui::TokenAlternatives</name>
    <message>
        <source>Branch here with “%1”</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Branch with “%1”, %2</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>You chose it</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The model is unsure here</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Token %1 of %2: “%3”, %4</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Instead: %1</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ui::TokenLensView</name>
    <message>
        <source>The tokens of this answer were not kept.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ui::Transcript</name>
    <message>
        <source>To the end</source>
        <translation>末尾へ</translation>
    </message>
    <message>
        <source>Conversation</source>
        <translation>会話</translation>
    </message>
    <message>
        <source>To the end, %1 new lines</source>
        <translation>末尾へ、新しい行 %1</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>コピー</translation>
    </message>
    <message>
        <source>Copy as Markdown</source>
        <translation>Markdown としてコピー</translation>
    </message>
    <message>
        <source>Copy link</source>
        <translation>リンクをコピー</translation>
    </message>
    <message>
        <source>Copy message</source>
        <translation>メッセージをコピー</translation>
    </message>
    <message>
        <source>Copy answer as Markdown</source>
        <translation>回答を Markdown としてコピー</translation>
    </message>
    <message>
        <source>Show %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Edit and send again</source>
        <translation>編集して再送信</translation>
    </message>
    <message>
        <source>Retry</source>
        <translation>再生成</translation>
    </message>
    <message>
        <source>Edit the answer</source>
        <translation>回答を編集</translation>
    </message>
    <message>
        <source>Branch from here</source>
        <translation>ここから分岐</translation>
    </message>
    <message>
        <source>Receipt and replay…</source>
        <translation>記録と再現…</translation>
    </message>
    <message>
        <source>Select all</source>
        <translation>すべて選択</translation>
    </message>
    <message>
        <source>Open the link “%1”</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Compare answers…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Copy all as Markdown</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ui::TranslatePanel</name>
    <message>
        <source>Open a text file</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>More</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>New text</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Segments translated</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>コピー</translation>
    </message>
    <message>
        <source>Save translation</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The text could not be kept for the next start: %1. It stays here while Baleen runs.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>再試行</translation>
    </message>
    <message>
        <source>Resume</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This is %1 already.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This is perhaps %1 already. If not, choose the language of the text above.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Translate to %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Starts as soon as the model is loaded.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No model is loaded. Your text will wait.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose a model</source>
        <translation>モデルを選ぶ</translation>
    </message>
    <message>
        <source>%1/%2 segments</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Numbers and tags kept</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>Numbers or tags missing in %n segment(s)</source>
        <translation type="unfinished">
            <numerusform></numerusform>
        </translation>
    </message>
    <message>
        <source>%1 to look at</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>About %1 s left</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>About %1 min left</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There is no translation yet.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 tok/s</source>
        <translation>%1 tok/s</translation>
    </message>
    <message>
        <source>Translating %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Chat goes first when you send</source>
        <translation>送信するとチャットが優先されます</translation>
    </message>
    <message>
        <source>Translation waits for a model</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Translation waits for another request</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>%n place(s) in the file held no valid text and show as �.</source>
        <translation type="unfinished">
            <numerusform></numerusform>
        </translation>
    </message>
    <message>
        <source>One file at a time: %1 was opened.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 was not opened. Baleen translates txt and md files.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Text files (*.txt *.md *.markdown *.text);;All files (*)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Copied</source>
        <translation>コピーしました</translation>
    </message>
    <message>
        <source>Text files (*.txt *.md);;All files (*)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Saved as %1.</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>Saved as %1. %n segment(s) stand in the original.</source>
        <translation type="unfinished">
            <numerusform></numerusform>
        </translation>
    </message>
    <message>
        <source>Text</source>
        <translation>テキスト</translation>
    </message>
    <message>
        <source>Copy the whole translation (%1)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Save the translation under a new name (%1)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show the next one (%1)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The translation has begun.</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>The translation is finished, %n segment(s).</source>
        <translation type="unfinished">
            <numerusform></numerusform>
        </translation>
    </message>
    <message>
        <source>Translate</source>
        <translation type="unfinished">翻訳</translation>
    </message>
</context>
<context>
    <name>ui::Tray</name>
    <message>
        <source>Open Baleen</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Quit Baleen</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ui::TreeListModel</name>
    <message>
        <source>You</source>
        <translation type="unfinished">あなた</translation>
    </message>
    <message>
        <source>Answer</source>
        <translation type="unfinished">回答</translation>
    </message>
    <message>
        <source>Thought: %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Not written yet</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Failed: %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No words</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>version %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>on another branch</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1: %2</source>
        <translation type="unfinished">%1: %2 {1:?}</translation>
    </message>
</context>
<context>
    <name>ui::figures</name>
    <message>
        <source>1 chat</source>
        <translation>1 件のチャット</translation>
    </message>
    <message>
        <source>%1 chats</source>
        <translation>%1 件のチャット</translation>
    </message>
    <message>
        <source>1 message</source>
        <translation>1 件のメッセージ</translation>
    </message>
    <message>
        <source>%1 messages</source>
        <translation>%1 件のメッセージ</translation>
    </message>
    <message>
        <source>1 turn</source>
        <translation>1 往復</translation>
    </message>
    <message>
        <source>%1 turns</source>
        <translation>%1 往復</translation>
    </message>
</context>
</TS>
