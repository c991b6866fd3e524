<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="zh_CN" sourcelanguage="en">
<context>
    <name>Actions</name>
    <message>
        <source>Command palette</source>
        <translation>命令面板</translation>
    </message>
    <message>
        <source>Keys of this screen</source>
        <translation>本界面的快捷键</translation>
    </message>
    <message>
        <source>Go to Chat</source>
        <translation>转到对话</translation>
    </message>
    <message>
        <source>Go to Code</source>
        <translation>转到代码</translation>
    </message>
    <message>
        <source>Go to Translate</source>
        <translation>转到翻译</translation>
    </message>
    <message>
        <source>New chat, task or text</source>
        <translation>新建对话、任务或文本</translation>
    </message>
    <message>
        <source>Search all chats</source>
        <translation>搜索所有对话</translation>
    </message>
    <message>
        <source>Switch the model</source>
        <translation>切换模型</translation>
    </message>
    <message>
        <source>Open model file…</source>
        <translation>打开模型文件…</translation>
    </message>
    <message>
        <source>Unload the model</source>
        <translation>卸载模型</translation>
    </message>
    <message>
        <source>Why this speed</source>
        <translation>速度说明</translation>
    </message>
    <message>
        <source>Settings</source>
        <translation>设置</translation>
    </message>
    <message>
        <source>Show or hide the sidebar</source>
        <translation>显示或隐藏侧边栏</translation>
    </message>
    <message>
        <source>Larger text</source>
        <translation>放大文字</translation>
    </message>
    <message>
        <source>Smaller text</source>
        <translation>缩小文字</translation>
    </message>
    <message>
        <source>Text of the usual size</source>
        <translation>恢复默认字号</translation>
    </message>
    <message>
        <source>Next region of the window</source>
        <translation>窗口的下一个区域</translation>
    </message>
    <message>
        <source>Previous region of the window</source>
        <translation>窗口的上一个区域</translation>
    </message>
    <message>
        <source>Close what is open, else stop</source>
        <translation>关闭打开的内容，否则停止</translation>
    </message>
    <message>
        <source>Quit Baleen</source>
        <translation>退出 Baleen</translation>
    </message>
    <message>
        <source>Retry the answer</source>
        <translation>重新回答</translation>
    </message>
    <message>
        <source>Continue the answer</source>
        <translation>继续回答</translation>
    </message>
    <message>
        <source>Edit the message</source>
        <translation>编辑消息</translation>
    </message>
    <message>
        <source>Previous version</source>
        <translation>上一个版本</translation>
    </message>
    <message>
        <source>Next version</source>
        <translation>下一个版本</translation>
    </message>
    <message>
        <source>Branch from this answer</source>
        <translation>从此回答开始分支</translation>
    </message>
    <message>
        <source>Go to the message before</source>
        <translation>转到上一条消息</translation>
    </message>
    <message>
        <source>Go to the message after</source>
        <translation>转到下一条消息</translation>
    </message>
    <message>
        <source>Copy the answer</source>
        <translation>复制回答</translation>
    </message>
    <message>
        <source>Save the last code block</source>
        <translation>保存最后一段代码</translation>
    </message>
    <message>
        <source>Token lens</source>
        <translation>词元透视</translation>
    </message>
    <message>
        <source>Compare answers…</source>
        <translation>比较回答…</translation>
    </message>
    <message>
        <source>Receipt and replay…</source>
        <translation>凭据与重放…</translation>
    </message>
    <message>
        <source>Think on or off</source>
        <translation>开启或关闭思考</translation>
    </message>
    <message>
        <source>Context: what the model sees</source>
        <translation>上下文：模型看到的内容</translation>
    </message>
    <message>
        <source>Instructions for the model…</source>
        <translation>给模型的指令…</translation>
    </message>
    <message>
        <source>Attach files…</source>
        <translation>添加文件…</translation>
    </message>
    <message>
        <source>Find in this chat</source>
        <translation>在此对话中查找</translation>
    </message>
    <message>
        <source>Next hit</source>
        <translation>下一处</translation>
    </message>
    <message>
        <source>Previous hit</source>
        <translation>上一处</translation>
    </message>
    <message>
        <source>Pin or unpin this chat</source>
        <translation>置顶或取消置顶此对话</translation>
    </message>
    <message>
        <source>Rename the chat</source>
        <translation>重命名对话</translation>
    </message>
    <message>
        <source>Duplicate the chat</source>
        <translation>复制一份对话</translation>
    </message>
    <message>
        <source>Archive the chat, or bring it back</source>
        <translation>归档对话，或将其恢复</translation>
    </message>
    <message>
        <source>Delete the chat</source>
        <translation>删除对话</translation>
    </message>
    <message>
        <source>Bring back the chat deleted last</source>
        <translation>恢复最近删除的对话</translation>
    </message>
    <message>
        <source>Export the chat…</source>
        <translation>导出对话…</translation>
    </message>
    <message>
        <source>Copy the chat as Markdown</source>
        <translation>复制对话为 Markdown</translation>
    </message>
    <message>
        <source>More for this chat</source>
        <translation>此对话的更多操作</translation>
    </message>
    <message>
        <source>Import chats…</source>
        <translation>导入对话…</translation>
    </message>
    <message>
        <source>Export all chats…</source>
        <translation>导出全部对话…</translation>
    </message>
    <message>
        <source>Show or hide archived chats</source>
        <translation>显示或隐藏已归档的对话</translation>
    </message>
    <message>
        <source>Deleted chats…</source>
        <translation>已删除的对话…</translation>
    </message>
    <message>
        <source>Run the verb</source>
        <translation>执行所选操作</translation>
    </message>
    <message>
        <source>Open file…</source>
        <translation>打开文件…</translation>
    </message>
    <message>
        <source>Save the code</source>
        <translation>保存代码</translation>
    </message>
    <message>
        <source>Save the code as…</source>
        <translation>代码另存为…</translation>
    </message>
    <message>
        <source>Copy code</source>
        <translation>复制代码</translation>
    </message>
    <message>
        <source>Show the code, or its source before the last answer</source>
        <translation>显示代码，或上次回答之前的源代码</translation>
    </message>
    <message>
        <source>Use that source again</source>
        <translation>重新使用该源代码</translation>
    </message>
    <message>
        <source>Find in this text</source>
        <translation>在此文本中查找</translation>
    </message>
    <message>
        <source>Show or hide the notes of the model</source>
        <translation>显示或隐藏模型的说明</translation>
    </message>
    <message>
        <source>Translate now</source>
        <translation>立即翻译</translation>
    </message>
    <message>
        <source>Translate all again</source>
        <translation>全部重新翻译</translation>
    </message>
    <message>
        <source>Swap the languages</source>
        <translation>交换语言</translation>
    </message>
    <message>
        <source>Language of the text…</source>
        <translation>文本语言…</translation>
    </message>
    <message>
        <source>Language to translate to…</source>
        <translation>目标语言…</translation>
    </message>
    <message>
        <source>Next doubt</source>
        <translation>下一处存疑</translation>
    </message>
    <message>
        <source>Previous doubt</source>
        <translation>上一处存疑</translation>
    </message>
    <message>
        <source>Open a text file…</source>
        <translation>打开文本文件…</translation>
    </message>
    <message>
        <source>Save the translation…</source>
        <translation>保存译文…</translation>
    </message>
    <message>
        <source>Copy the translation</source>
        <translation>复制译文</translation>
    </message>
    <message>
        <source>Copy the source text</source>
        <translation>复制原文</translation>
    </message>
    <message>
        <source>Alt+1, Alt+2, Alt+3</source>
        <translation>Alt+1、Alt+2、Alt+3</translation>
    </message>
    <message>
        <source>A choice of a notice</source>
        <translation>选择提示中的一项</translation>
    </message>
    <message>
        <source>J, K or arrows</source>
        <translation>J、K 或方向键</translation>
    </message>
    <message>
        <source>Move in a list</source>
        <translation>在列表中移动</translation>
    </message>
    <message>
        <source>Ctrl+Z, Ctrl+Shift+Z</source>
        <translation>Ctrl+Z、Ctrl+Shift+Z</translation>
    </message>
    <message>
        <source>Undo and redo in a text field</source>
        <translation>在文本框中撤销与重做</translation>
    </message>
    <message>
        <source>Enter</source>
        <translation>Enter</translation>
    </message>
    <message>
        <source>Send the message</source>
        <translation>发送消息</translation>
    </message>
    <message>
        <source>Shift+Enter</source>
        <translation>Shift+Enter</translation>
    </message>
    <message>
        <source>New line in the message</source>
        <translation>在消息中换行</translation>
    </message>
    <message>
        <source>Up</source>
        <translation>向上键</translation>
    </message>
    <message>
        <source>In an empty message: edit the last one</source>
        <translation>消息为空时：编辑上一条</translation>
    </message>
    <message>
        <source>Enter, Menu</source>
        <translation>Enter、菜单键</translation>
    </message>
    <message>
        <source>On a message: what can be done with it</source>
        <translation>在消息上：可用的操作</translation>
    </message>
    <message>
        <source>Del</source>
        <translation>Del</translation>
    </message>
    <message>
        <source>In the list: delete the chat. On a part of the context: leave it out</source>
        <translation>在列表中：删除对话。在上下文的一部分上：将其排除</translation>
    </message>
    <message>
        <source>Tab, Shift+Tab</source>
        <translation>Tab、Shift+Tab</translation>
    </message>
    <message>
        <source>In the code: indent. F6 leaves the code</source>
        <translation>在代码中：缩进。F6 离开代码</translation>
    </message>
    <message>
        <source>Tree of this chat</source>
        <translation>此对话的分支树</translation>
    </message>
</context>
<context>
    <name>Attachments</name>
    <message>
        <source>Text, source code, PDF, Word (docx) and Excel (xlsx) files can be attached.</source>
        <translation>可以添加文本、源代码、PDF、Word（docx）和 Excel（xlsx）文件。</translation>
    </message>
    <message>
        <source>unknown</source>
        <translation>未知</translation>
    </message>
    <message>
        <source>%1 is a picture (%2). The model reads text only.</source>
        <translation>%1 是图片（%2）。模型只能读取文字。</translation>
    </message>
    <message>
        <source>%1 is a sound file (%2). The model reads text only.</source>
        <translation>%1 是音频文件（%2）。模型只能读取文字。</translation>
    </message>
    <message>
        <source>%1 is a video (%2). The model reads text only.</source>
        <translation>%1 是视频（%2）。模型只能读取文字。</translation>
    </message>
    <message>
        <source>%1 is an archive (%2). Unpack it and attach the files in it.</source>
        <translation>%1 是压缩包（%2）。请解压后添加其中的文件。</translation>
    </message>
    <message>
        <source>%1 is a program (%2). Attach its source code instead.</source>
        <translation>%1 是程序（%2）。请改为添加它的源代码。</translation>
    </message>
    <message>
        <source>%1 is a font (%2).</source>
        <translation>%1 是字体（%2）。</translation>
    </message>
    <message>
        <source>%1 is a document of another kind (%2). Save it as docx, xlsx, PDF or text.</source>
        <translation>%1 是其他类型的文档（%2）。请另存为 docx、xlsx、PDF 或文本。</translation>
    </message>
    <message>
        <source>%1 is protected with a password. Save a copy without one.</source>
        <translation>%1 受密码保护。请另存一份不带密码的副本。</translation>
    </message>
    <message>
        <source>%1 is damaged: %2.</source>
        <translation>%1 已损坏：%2。</translation>
    </message>
    <message>
        <source>Save it again in the program it comes from.</source>
        <translation>请在原程序中重新保存。</translation>
    </message>
    <message>
        <source>%1 is too large. Files up to %2 MiB with up to %3 million characters can be attached.</source>
        <translation>%1 太大。最多可添加 %2 MiB、%3 百万字符的文件。</translation>
    </message>
    <message>
        <source>%1 was not read: the program pdftotext is missing. Install the package poppler-utils.</source>
        <translation>未读取 %1：缺少程序 pdftotext。请安装软件包 poppler-utils。</translation>
    </message>
    <message>
        <source>%1 is no text.</source>
        <translation>%1 不是文本。</translation>
    </message>
    <message>
        <source>%1 is no text (%2).</source>
        <translation>%1 不是文本（%2）。</translation>
    </message>
    <message>
        <source>Reading %1 took too long and was stopped.</source>
        <translation>读取 %1 耗时过长，已停止。</translation>
    </message>
    <message>
        <source>%1 could not be read: the program that reads it ended by signal %2.</source>
        <translation>无法读取 %1：读取程序被信号 %2 终止。</translation>
    </message>
    <message>
        <source>%1 could not be read: %2 is missing or cannot be started.</source>
        <translation>无法读取 %1：%2 缺失或无法启动。</translation>
    </message>
    <message>
        <source>%1 could not be opened: %2.</source>
        <translation>无法打开 %1：%2。</translation>
    </message>
    <message>
        <source>%1 is a folder or a device, not a file.</source>
        <translation>%1 是文件夹或设备，不是文件。</translation>
    </message>
    <message>
        <source>Reading %1 was stopped.</source>
        <translation>已停止读取 %1。</translation>
    </message>
    <message>
        <source>1 page</source>
        <translation>1 页</translation>
    </message>
    <message>
        <source>%1 pages</source>
        <translation>%1 页</translation>
    </message>
    <message>
        <source>, %1 without text</source>
        <translation>，其中 %1 页没有文字</translation>
    </message>
    <message>
        <source>, damaged: some may be missing</source>
        <translation>，已损坏，可能有缺页</translation>
    </message>
    <message>
        <source>%1 was not read: the program that reads it could not lock itself in (%2).</source>
        <translation>未读取 %1：读取程序无法进入隔离环境（%2）。</translation>
    </message>
    <message>
        <source>it is no whole PDF</source>
        <translation>PDF 不完整</translation>
    </message>
    <message>
        <source>the text is not whole</source>
        <translation>文字不完整</translation>
    </message>
    <message>
        <source>%1 has no text in it (%2): its pages are pictures.</source>
        <translation>%1 中没有文字（%2）：页面都是图片。</translation>
    </message>
    <message>
        <source>1 sheet</source>
        <translation>1 张工作表</translation>
    </message>
    <message>
        <source>%1 sheets</source>
        <translation>%1 张工作表</translation>
    </message>
    <message>
        <source>1 row</source>
        <translation>1 行</translation>
    </message>
    <message>
        <source>%1 rows</source>
        <translation>%1 行</translation>
    </message>
    <message>
        <source>%1 bytes were no text</source>
        <translation>有 %1 字节不是文本</translation>
    </message>
    <message>
        <source>%1 has no text in it.</source>
        <translation>%1 中没有文字。</translation>
    </message>
</context>
<context>
    <name>ChatExport</name>
    <message>
        <source>Attached: %1</source>
        <translation>附件：%1</translation>
    </message>
    <message>
        <source>New chat</source>
        <translation>新对话</translation>
    </message>
    <message>
        <source>Answer</source>
        <translation>回答</translation>
    </message>
    <message>
        <source>Thought for %1 s</source>
        <translation>已思考 %1 秒</translation>
    </message>
    <message>
        <source>You</source>
        <translation>你</translation>
    </message>
</context>
<context>
    <name>ChatImport</name>
    <message>
        <source>Pictures, files and other parts that are no text, left out: %1.</source>
        <translation>略去的图片、文件等非文字内容：%1 项。</translation>
    </message>
    <message>
        <source>Messages of tools and systems, left out: %1.</source>
        <translation>略去的工具和系统消息：%1 条。</translation>
    </message>
    <message>
        <source>Chats without a message, left out: %1.</source>
        <translation>略去的空对话：%1 个。</translation>
    </message>
</context>
<context>
    <name>ChatStore</name>
    <message>
        <source>Recovered chat</source>
        <translation>恢复的对话</translation>
    </message>
    <message>
        <source>Your chats were written by a newer Baleen. They can be read but not changed: update Baleen.</source>
        <translation>这些对话由更新版本的 Baleen 写入，可以阅读但不能更改：请更新 Baleen。</translation>
    </message>
    <message>
        <source>The chat database was damaged. %1 chats and %2 messages were saved from it, %3 messages came back from the backup; the damaged file is kept as %4.</source>
        <translation>对话数据库曾损坏。已从中救回 %1 个对话、%2 条消息，另有 %3 条消息来自备份；损坏的文件保留为 %4。</translation>
    </message>
    <message>
        <source>Your chats can be read but nothing can be saved: the folder or the file is read-only.</source>
        <translation>对话可以阅读，但无法保存：文件夹或文件是只读的。</translation>
    </message>
    <message>
        <source>Your chats could not be opened. %1</source>
        <translation>无法打开对话。%1</translation>
    </message>
    <message>
        <source>Baleen closed unexpectedly. Everything up to the last second is here.</source>
        <translation>Baleen 意外关闭。直到最后一秒的内容都还在。</translation>
    </message>
</context>
<context>
    <name>CommandList</name>
    <message>
        <source>Action</source>
        <translation>操作</translation>
    </message>
    <message>
        <source>Chat</source>
        <translation>对话</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>模型</translation>
    </message>
    <message>
        <source>Setting</source>
        <translation>设置</translation>
    </message>
    <message>
        <source>Key</source>
        <translation>按键</translation>
    </message>
</context>
<context>
    <name>ConversationMenu</name>
    <message>
        <source>New folder…</source>
        <translation>新建文件夹…</translation>
    </message>
    <message>
        <source>New folder</source>
        <translation>新建文件夹</translation>
    </message>
    <message>
        <source>Name of the folder:</source>
        <translation>文件夹名称：</translation>
    </message>
    <message>
        <source>Take out of “%1”</source>
        <translation>移出“%1”</translation>
    </message>
    <message>
        <source>Rename “%1”…</source>
        <translation>重命名“%1”…</translation>
    </message>
    <message>
        <source>Rename the folder</source>
        <translation>重命名文件夹</translation>
    </message>
    <message>
        <source>Remove the folder, keep its chats</source>
        <translation>删除文件夹，保留其中的对话</translation>
    </message>
    <message>
        <source>Unpin</source>
        <translation>取消固定</translation>
    </message>
    <message>
        <source>Pin</source>
        <translation>固定</translation>
    </message>
    <message>
        <source>Folder</source>
        <translation>文件夹</translation>
    </message>
    <message>
        <source>Tags…</source>
        <translation>标签…</translation>
    </message>
    <message>
        <source>Tags</source>
        <translation>标签</translation>
    </message>
    <message>
        <source>Tags of this chat, with commas between them. tag:NAME finds them:</source>
        <translation>此对话的标签，用逗号分隔。可用 tag:名称 查找：</translation>
    </message>
    <message>
        <source>Duplicate</source>
        <translation>复制对话</translation>
    </message>
    <message>
        <source>Bring back from the archive</source>
        <translation>取消归档</translation>
    </message>
    <message>
        <source>Archive</source>
        <translation>归档</translation>
    </message>
    <message>
        <source>Delete</source>
        <translation>删除</translation>
    </message>
    <message>
        <source>New folder in “%1”…</source>
        <translation>在“%1”中新建文件夹…</translation>
    </message>
    <message>
        <source>Move “%1” into</source>
        <translation>将“%1”移入</translation>
    </message>
    <message>
        <source>No folder</source>
        <translation>不在文件夹中</translation>
    </message>
</context>
<context>
    <name>Diagnostics</name>
    <message>
        <source>none</source>
        <translation>无</translation>
    </message>
    <message>
        <source>not installed: models run on the processor</source>
        <translation>未安装：模型在处理器上运行</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>模型</translation>
    </message>
    <message>
        <source>Runs on</source>
        <translation>运行于</translation>
    </message>
    <message>
        <source>Why there</source>
        <translation>原因</translation>
    </message>
    <message>
        <source>Weights</source>
        <translation>权重</translation>
    </message>
    <message>
        <source>%1, mapped from the file</source>
        <translation>%1，从文件映射</translation>
    </message>
    <message>
        <source>Context</source>
        <translation>上下文</translation>
    </message>
    <message>
        <source>%1 for %2 tokens</source>
        <translation>%1，用于 %2 词元</translation>
    </message>
    <message>
        <source>Chat format</source>
        <translation>对话格式</translation>
    </message>
    <message>
        <source>, unknown</source>
        <translation>，未知</translation>
    </message>
    <message>
        <source>Baleen</source>
        <translation>Baleen</translation>
    </message>
    <message>
        <source>System</source>
        <translation>系统</translation>
    </message>
    <message>
        <source>Processor</source>
        <translation>处理器</translation>
    </message>
    <message>
        <source>1 core</source>
        <translation>1 个核心</translation>
    </message>
    <message>
        <source>%1 cores</source>
        <translation>%1 个核心</translation>
    </message>
    <message>
        <source>Instructions</source>
        <translation>指令集</translation>
    </message>
    <message>
        <source>Kernels</source>
        <translation>内核</translation>
    </message>
    <message>
        <source>Memory speed</source>
        <translation>内存速度</translation>
    </message>
    <message>
        <source>%1 GB/s</source>
        <translation>%1 GB/s</translation>
    </message>
    <message>
        <source>not measured yet</source>
        <translation>尚未测量</translation>
    </message>
    <message>
        <source>Memory free</source>
        <translation>可用内存</translation>
    </message>
    <message>
        <source>Graphics cards</source>
        <translation>显卡</translation>
    </message>
    <message>
        <source>none that NVIDIA&apos;s driver knows</source>
        <translation>NVIDIA 驱动未识别到显卡</translation>
    </message>
    <message>
        <source>CUDA plug-in</source>
        <translation>CUDA 插件</translation>
    </message>
    <message>
        <source>none loaded</source>
        <translation>未加载</translation>
    </message>
    <message>
        <source>Fonts missing</source>
        <translation>缺少的字体</translation>
    </message>
    <message>
        <source>Data folder</source>
        <translation>数据文件夹</translation>
    </message>
    <message>
        <source>Disk free</source>
        <translation>可用磁盘空间</translation>
    </message>
</context>
<context>
    <name>Engine</name>
    <message>
        <source>No CUDA plug-in beside the program: models run on the processor.</source>
        <translation>程序旁没有 CUDA 插件：模型在处理器上运行。</translation>
    </message>
    <message>
        <source>No NVIDIA driver: models run on the processor. For a GPU, install the driver for CUDA %1 or later.</source>
        <translation>没有 NVIDIA 驱动：模型在处理器上运行。要使用显卡，请安装支持 CUDA %1 或更高版本的驱动。</translation>
    </message>
    <message>
        <source>The NVIDIA driver is for CUDA %1 and the plug-in needs %2: models run on the processor. Install a newer driver.</source>
        <translation>NVIDIA 驱动支持 CUDA %1，而插件需要 %2：模型在处理器上运行。请安装更新的驱动。</translation>
    </message>
    <message>
        <source>An NVIDIA driver (CUDA %1) and no GPU that this process may use: models run on the processor.</source>
        <translation>有 NVIDIA 驱动（CUDA %1），但没有本进程可用的显卡：模型在处理器上运行。</translation>
    </message>
    <message>
        <source>The GPU cannot be used (%1): models run on the processor.</source>
        <translation>无法使用显卡（%1）：模型在处理器上运行。</translation>
    </message>
    <message>
        <source>The model fits the memory of %1 (%2 of %3 free).</source>
        <translation>模型可放入 %1 的显存（需要 %2，空闲 %3）。</translation>
    </message>
    <message>
        <source>The model does not fit the memory of %1 (%2 of %3 free): it runs on the processor. A shorter context or a smaller quantisation would fit sooner.</source>
        <translation>模型放不进 %1 的显存（需要 %2，空闲 %3）：它在处理器上运行。缩短上下文或使用更小的量化会更容易放下。</translation>
    </message>
    <message>
        <source>%1 of %2 checks of the GPU&apos;s kernels failed (%3).</source>
        <translation>显卡内核的 %2 项检查中有 %1 项未通过（%3）。</translation>
    </message>
    <message>
        <source>The model runs on the processor.</source>
        <translation>模型在处理器上运行。</translation>
    </message>
    <message>
        <source>The file has no chat template. The format %1 was chosen by the vocabulary.</source>
        <translation>文件没有对话模板。已根据词表选择 %1 格式。</translation>
    </message>
    <message>
        <source>The chat template of the file is used. It is not one that is known.</source>
        <translation>使用文件自带的对话模板。它不是已知的模板。</translation>
    </message>
    <message>
        <source>The chat template of the file is not used. %1 The format %2 was chosen by the vocabulary.</source>
        <translation>不使用文件自带的对话模板。%1 已根据词表选择 %2 格式。</translation>
    </message>
    <message>
        <source>The chat template of the file is not used. %1 The format %2, which it resembles, stands in.</source>
        <translation>不使用文件自带的对话模板。%1 改用与它相近的 %2 格式。</translation>
    </message>
    <message>
        <source>The model&apos;s chat template does not take this conversation, the format %1 stands in. %2</source>
        <translation>模型的对话模板不接受这个对话，改用 %1 格式。%2</translation>
    </message>
    <message>
        <source>It leaves out what the user says.</source>
        <translation>它漏掉了用户所说的话。</translation>
    </message>
    <message>
        <source>This DeepSeek-V3.2 has no indexer and runs with dense attention: above %1 tokens, where the original looks at the %2 that matter most, it looks at all of them, and answers can differ.</source>
        <translation>这个 DeepSeek-V3.2 没有索引器，以稠密注意力运行：超过 %1 个词元时，原模型只看最重要的 %2 个，而它会看全部，回答可能有所不同。</translation>
    </message>
    <message>
        <source>The chat template of the file is used. It is not the known one of %1: it refuses a conversation. %2</source>
        <translation>使用文件自带的对话模板。它与已知的 %1 模板不同：它拒绝了一个对话。%2</translation>
    </message>
    <message>
        <source>The chat template of the file is used. It is not the known one of %1: it differs from byte %2 of a short conversation on.</source>
        <translation>使用文件自带的对话模板。它与已知的 %1 模板不同：从一个简短对话的第 %2 个字节起有差别。</translation>
    </message>
    <message>
        <source>All layers are on %1; the embedding does not fit its memory (%2 free) and stays on the processor.</source>
        <translation>所有层都在 %1 上；词嵌入放不进它的显存（空闲 %2），留在处理器上。</translation>
    </message>
    <message>
        <source>All %1 layers are on %2, but for the routed experts of the first %3, which do not fit its memory (%4 free) and run on the processor.</source>
        <translation>全部 %1 层都在 %2 上，只有前 %3 层的路由专家放不进它的显存（空闲 %4），由处理器运行。</translation>
    </message>
    <message>
        <source>%1 of %2 layers are on %3, without their routed experts; the rest does not fit its memory (%4 free) and runs on the processor.</source>
        <translation>%2 层中有 %1 层在 %3 上，但不含其中的路由专家；其余部分放不进它的显存（空闲 %4），由处理器运行。</translation>
    </message>
    <message>
        <source>%1 of %2 layers are on %3; the rest does not fit its memory (%4 free) and runs on the processor.</source>
        <translation>%2 层中有 %1 层在 %3 上；其余部分放不进它的显存（空闲 %4），由处理器运行。</translation>
    </message>
</context>
<context>
    <name>ErrorText</name>
    <message>
        <source> (found %1)</source>
        <translation>（实际为 %1）</translation>
    </message>
    <message>
        <source> (expected %1)</source>
        <translation>（应为 %1）</translation>
    </message>
    <message>
        <source> (expected %1, found %2)</source>
        <translation>（应为 %1，实际为 %2）</translation>
    </message>
    <message>
        <source>%1, %2</source>
        <extracomment>What happened, and where</extracomment>
        <translation>%1：%2</translation>
    </message>
    <message>
        <source>%1.</source>
        <extracomment>A sentence and its full stop</extracomment>
        <translation>%1。</translation>
    </message>
    <message>
        <source>Check the disk and the folder&apos;s permissions, then try again.</source>
        <translation>请检查磁盘和文件夹权限，然后重试。</translation>
    </message>
    <message>
        <source>Choose another file, or put it back where it was.</source>
        <translation>请选择其他文件，或把它放回原处。</translation>
    </message>
    <message>
        <source>Get the file again, or choose another model.</source>
        <translation>请重新获取文件，或选择其他模型。</translation>
    </message>
    <message>
        <source>Resume the download, or get the file again.</source>
        <translation>请继续下载，或重新获取文件。</translation>
    </message>
    <message>
        <source>Choose another model.</source>
        <translation>请选择其他模型。</translation>
    </message>
    <message>
        <source>Close other programs, use a shorter context, or choose a smaller model.</source>
        <translation>请关闭其他程序、缩短上下文，或选择更小的模型。</translation>
    </message>
    <message>
        <source>Change the input and try again.</source>
        <translation>请修改输入后重试。</translation>
    </message>
    <message>
        <source>Shorten the message, start a new chat, or load the model with a longer context. Your text is kept.</source>
        <translation>请缩短消息、新建对话，或用更长的上下文加载模型。你的文字已保留。</translation>
    </message>
    <message>
        <source>Wait until it is done, or close the other program.</source>
        <translation>请等待完成，或关闭另一个程序。</translation>
    </message>
    <message>
        <source>Make the folder writable, or start Baleen with another one (--data-dir).</source>
        <translation>请让文件夹可写，或用其他文件夹启动 Baleen（--data-dir）。</translation>
    </message>
    <message>
        <source>Free some space; Baleen tries again by itself. Your text is kept in memory.</source>
        <translation>请腾出一些空间，Baleen 会自动重试。你的文字保留在内存中。</translation>
    </message>
    <message>
        <source>Try again; if it stays, the model file is damaged: get it again.</source>
        <translation>请重试；如果仍然如此，说明模型文件已损坏，请重新获取。</translation>
    </message>
    <message>
        <source>Try again; if it stays, load the model again.</source>
        <translation>请重试；如果仍然如此，请重新加载模型。</translation>
    </message>
    <message>
        <source>The file could not be read or written.</source>
        <translation>文件无法读取或写入。</translation>
    </message>
    <message>
        <source>The file is not there.</source>
        <translation>文件不存在。</translation>
    </message>
    <message>
        <source>The file is damaged and was not loaded.</source>
        <translation>文件已损坏，未加载。</translation>
    </message>
    <message>
        <source>The file is incomplete.</source>
        <translation>文件不完整。</translation>
    </message>
    <message>
        <source>This model is of a kind that Baleen does not run.</source>
        <translation>Baleen 不支持这种模型。</translation>
    </message>
    <message>
        <source>There is not enough memory.</source>
        <translation>内存不足。</translation>
    </message>
    <message>
        <source>This cannot be done.</source>
        <translation>无法执行此操作。</translation>
    </message>
    <message>
        <source>The conversation does not fit the context.</source>
        <translation>对话超出了上下文长度。</translation>
    </message>
    <message>
        <source>This is going on already.</source>
        <translation>该操作正在进行。</translation>
    </message>
    <message>
        <source>Stopped.</source>
        <translation>已停止。</translation>
    </message>
    <message>
        <source>Nothing can be saved here.</source>
        <translation>此处无法保存。</translation>
    </message>
    <message>
        <source>The disk is full.</source>
        <translation>磁盘已满。</translation>
    </message>
    <message>
        <source>The model produced invalid numbers.</source>
        <translation>模型产生了无效数值。</translation>
    </message>
    <message>
        <source>The engine failed.</source>
        <translation>引擎出错。</translation>
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
        <translation>已有同名文件，未被覆盖</translation>
    </message>
    <message>
        <source>A value could not be copied</source>
        <translation>无法复制数值</translation>
    </message>
    <message>
        <source>A value could not be stored</source>
        <translation>无法写入数值</translation>
    </message>
    <message>
        <source>Another Baleen uses this data folder and does not answer</source>
        <translation>另一个 Baleen 正在使用此数据文件夹且没有响应</translation>
    </message>
    <message>
        <source>Check its permissions.</source>
        <translation>请检查其权限。</translation>
    </message>
    <message>
        <source>Check the disk and the folder&apos;s permissions.</source>
        <translation>请检查磁盘和文件夹权限。</translation>
    </message>
    <message>
        <source>Choose a text file.</source>
        <translation>请选择文本文件。</translation>
    </message>
    <message>
        <source>Choose another file.</source>
        <translation>请选择其他文件。</translation>
    </message>
    <message>
        <source>Choose another folder.</source>
        <translation>请选择其他文件夹。</translation>
    </message>
    <message>
        <source>Choose another name.</source>
        <translation>请换一个名称。</translation>
    </message>
    <message>
        <source>Choose another one with --data-dir.</source>
        <translation>请用 --data-dir 指定其他文件夹。</translation>
    </message>
    <message>
        <source>Close it, or start with another folder (--data-dir).</source>
        <translation>请关闭它，或用其他文件夹启动（--data-dir）。</translation>
    </message>
    <message>
        <source>Close other programs or choose a smaller model.</source>
        <translation>请关闭其他程序，或选择更小的模型。</translation>
    </message>
    <message>
        <source>Close the other program that has it open.</source>
        <translation>请关闭正在使用它的程序。</translation>
    </message>
    <message>
        <source>Convert it, for example with iconv.</source>
        <translation>请先转换编码，例如使用 iconv。</translation>
    </message>
    <message>
        <source>Free some space or choose another folder.</source>
        <translation>请腾出一些空间，或选择其他文件夹。</translation>
    </message>
    <message>
        <source>Free some space; Baleen tries again by itself.</source>
        <translation>请腾出一些空间，Baleen 会自动重试。</translation>
    </message>
    <message>
        <source>Loading was stopped</source>
        <translation>已停止加载</translation>
    </message>
    <message>
        <source>Make it writable or choose another one with --data-dir.</source>
        <translation>请让它可写，或用 --data-dir 指定其他文件夹。</translation>
    </message>
    <message>
        <source>Make it, or choose another one with --data-dir.</source>
        <translation>请创建它，或用 --data-dir 指定其他文件夹。</translation>
    </message>
    <message>
        <source>Make its folder writable.</source>
        <translation>请让所在文件夹可写。</translation>
    </message>
    <message>
        <source>Make the folder and the file writable.</source>
        <translation>请让文件夹和文件可写。</translation>
    </message>
    <message>
        <source>No chats are found in this file</source>
        <translation>此文件中没有找到对话</translation>
    </message>
    <message>
        <source>Nothing can be saved</source>
        <translation>无法保存</translation>
    </message>
    <message>
        <source>Split it into smaller files.</source>
        <translation>请拆分成较小的文件。</translation>
    </message>
    <message>
        <source>Start Baleen again: it keeps the file aside and saves what can be read.</source>
        <translation>请重新启动 Baleen：它会另存该文件，并救回可读的内容。</translation>
    </message>
    <message>
        <source>The backup could not be begun</source>
        <translation>无法开始备份</translation>
    </message>
    <message>
        <source>The backup could not be named</source>
        <translation>无法命名备份</translation>
    </message>
    <message>
        <source>The backup could not be written</source>
        <translation>无法写入备份</translation>
    </message>
    <message>
        <source>The backup folder cannot be made</source>
        <translation>无法创建备份文件夹</translation>
    </message>
    <message>
        <source>The damaged database cannot be kept aside</source>
        <translation>无法另存损坏的数据库</translation>
    </message>
    <message>
        <source>The data folder cannot be locked</source>
        <translation>无法锁定数据文件夹</translation>
    </message>
    <message>
        <source>The data folder cannot be made</source>
        <translation>无法创建数据文件夹</translation>
    </message>
    <message>
        <source>The data folder is not there</source>
        <translation>数据文件夹不存在</translation>
    </message>
    <message>
        <source>The database cannot be written</source>
        <translation>数据库无法写入</translation>
    </message>
    <message>
        <source>The database could not be opened</source>
        <translation>数据库无法打开</translation>
    </message>
    <message>
        <source>The database could not be read</source>
        <translation>数据库无法读取</translation>
    </message>
    <message>
        <source>The database could not be read or written</source>
        <translation>数据库无法读写</translation>
    </message>
    <message>
        <source>The database is damaged</source>
        <translation>数据库已损坏</translation>
    </message>
    <message>
        <source>The disk is full</source>
        <translation>磁盘已满</translation>
    </message>
    <message>
        <source>The disk is full and nothing was written</source>
        <translation>磁盘已满，未写入任何内容</translation>
    </message>
    <message>
        <source>The engine failed</source>
        <translation>引擎出错</translation>
    </message>
    <message>
        <source>The file cannot be read</source>
        <translation>文件无法读取</translation>
    </message>
    <message>
        <source>The file cannot be written</source>
        <translation>文件无法写入</translation>
    </message>
    <message>
        <source>The file is larger than 5 MiB and was not opened</source>
        <translation>文件大于 5 MiB，未打开</translation>
    </message>
    <message>
        <source>The file is too large</source>
        <translation>文件太大</translation>
    </message>
    <message>
        <source>The file is too large to edit</source>
        <translation>文件太大，无法编辑</translation>
    </message>
    <message>
        <source>The file was not saved</source>
        <translation>文件未保存</translation>
    </message>
    <message>
        <source>The folder cannot be made</source>
        <translation>无法创建文件夹</translation>
    </message>
    <message>
        <source>The salvaged database cannot take the place of the damaged one</source>
        <translation>救回的数据库无法替换损坏的数据库</translation>
    </message>
    <message>
        <source>The search index cannot be read.</source>
        <translation>搜索索引无法读取。</translation>
    </message>
    <message>
        <source>The search index is of another version of the program.</source>
        <translation>搜索索引来自程序的其他版本。</translation>
    </message>
    <message>
        <source>The store is closed.</source>
        <translation>存储已关闭。</translation>
    </message>
    <message>
        <source>The text cannot be read</source>
        <translation>文本无法读取</translation>
    </message>
    <message>
        <source>The text is kept here. Make room, or save it in another folder.</source>
        <translation>文本保留在这里。请腾出空间，或保存到其他文件夹。</translation>
    </message>
    <message>
        <source>The text is kept here. Save it in another folder.</source>
        <translation>文本保留在这里。请保存到其他文件夹。</translation>
    </message>
    <message>
        <source>The text is kept here. Save it under another name.</source>
        <translation>文本保留在这里。请用其他名称保存。</translation>
    </message>
    <message>
        <source>The text was not saved</source>
        <translation>文本未保存</translation>
    </message>
    <message>
        <source>There is no search index where nothing can be saved.</source>
        <translation>只读时没有搜索索引。</translation>
    </message>
    <message>
        <source>There is no such file</source>
        <translation>没有这个文件</translation>
    </message>
    <message>
        <source>There is no such message.</source>
        <translation>没有这条消息。</translation>
    </message>
    <message>
        <source>There is not enough memory</source>
        <translation>内存不足</translation>
    </message>
    <message>
        <source>This file is no JSON</source>
        <translation>此文件不是 JSON</translation>
    </message>
    <message>
        <source>This file is not text</source>
        <translation>此文件不是文本</translation>
    </message>
    <message>
        <source>This file of chats is damaged</source>
        <translation>此对话文件已损坏</translation>
    </message>
    <message>
        <source>This file of chats was written by a newer Baleen</source>
        <translation>此对话文件由更新版本的 Baleen 写入</translation>
    </message>
    <message>
        <source>This is a folder or a device, not a file</source>
        <translation>这是文件夹或设备，不是文件</translation>
    </message>
    <message>
        <source>This is no regular file</source>
        <translation>这不是普通文件</translation>
    </message>
    <message>
        <source>This is no text file</source>
        <translation>这不是文本文件</translation>
    </message>
    <message>
        <source>Try again.</source>
        <translation>请重试。</translation>
    </message>
    <message>
        <source>Update Baleen.</source>
        <translation>请更新 Baleen。</translation>
    </message>
    <message>
        <source>A big-endian GGUF file cannot be opened</source>
        <translation>无法打开大端序的 GGUF 文件</translation>
    </message>
    <message>
        <source>A folder is no model file</source>
        <translation>文件夹不是模型文件</translation>
    </message>
    <message>
        <source>A message has a role that the chat format does not know</source>
        <translation>有消息的角色不被对话格式识别</translation>
    </message>
    <message>
        <source>A metadata key is missing</source>
        <translation>缺少元数据键</translation>
    </message>
    <message>
        <source>A metadata value has the wrong type</source>
        <translation>元数据值的类型不对</translation>
    </message>
    <message>
        <source>A metadata value is no finite number</source>
        <translation>元数据值不是有限数</translation>
    </message>
    <message>
        <source>A metadata value is out of range</source>
        <translation>元数据值超出范围</translation>
    </message>
    <message>
        <source>A sampling option is out of range</source>
        <translation>采样参数超出范围</translation>
    </message>
    <message>
        <source>A special token is not in the vocabulary</source>
        <translation>特殊词元不在词表中</translation>
    </message>
    <message>
        <source>A split model cannot be opened in memory</source>
        <translation>分卷模型无法在内存中打开</translation>
    </message>
    <message>
        <source>A split model is opened through its first part</source>
        <translation>分卷模型须从第一卷打开</translation>
    </message>
    <message>
        <source>A stop string begins inside a character. It must be UTF-8 text.</source>
        <translation>停止字符串从字符中间开始。它必须是 UTF-8 文本。</translation>
    </message>
    <message>
        <source>A stop string is empty. It would end every answer at once.</source>
        <translation>停止字符串为空，每个回答都会立即结束。</translation>
    </message>
    <message>
        <source>A tensor has an unknown type</source>
        <translation>张量类型未知</translation>
    </message>
    <message>
        <source>A tensor occurs in two parts of a split model</source>
        <translation>同一张量出现在分卷模型的两卷中</translation>
    </message>
    <message>
        <source>A tensor occurs twice in the folder</source>
        <translation>文件夹中有重复的张量</translation>
    </message>
    <message>
        <source>Answers are not affected. Make room or choose another folder, then load the model again.</source>
        <translation>回答不受影响。请腾出空间或选择其他文件夹，然后重新加载模型。</translation>
    </message>
    <message>
        <source>Change the file&apos;s permissions, or copy it to a folder of yours.</source>
        <translation>请更改文件权限，或把它复制到你自己的文件夹。</translation>
    </message>
    <message>
        <source>Check the name, or download the model again.</source>
        <translation>请检查名称，或重新下载模型。</translation>
    </message>
    <message>
        <source>Choose --device cpu.</source>
        <translation>请选择 --device cpu。</translation>
    </message>
    <message>
        <source>Choose a .gguf file, or download it again.</source>
        <translation>请选择 .gguf 文件，或重新下载。</translation>
    </message>
    <message>
        <source>Choose a .gguf file.</source>
        <translation>请选择 .gguf 文件。</translation>
    </message>
    <message>
        <source>Choose a conversion without the indexer, or another model.</source>
        <translation>请选择不含索引器的转换版本，或其他模型。</translation>
    </message>
    <message>
        <source>Choose a model of one of these architectures.</source>
        <translation>请选择这些架构之一的模型。</translation>
    </message>
    <message>
        <source>Choose a model of one of these families.</source>
        <translation>请选择这些系列之一的模型。</translation>
    </message>
    <message>
        <source>Choose a shorter one.</source>
        <translation>请选择更短的。</translation>
    </message>
    <message>
        <source>Choose another file of this model.</source>
        <translation>请选择此模型的其他文件。</translation>
    </message>
    <message>
        <source>Choose the .gguf file in it.</source>
        <translation>请选择其中的 .gguf 文件。</translation>
    </message>
    <message>
        <source>Close other programs or choose a shorter context.</source>
        <translation>请关闭其他程序，或选择更短的上下文。</translation>
    </message>
    <message>
        <source>Close other programs, choose a smaller model, or run it on the CPU.</source>
        <translation>请关闭其他程序、选择更小的模型，或在 CPU 上运行。</translation>
    </message>
    <message>
        <source>Close other programs, or choose a shorter context or a smaller model.</source>
        <translation>请关闭其他程序，或选择更短的上下文、更小的模型。</translation>
    </message>
    <message>
        <source>Delete the folder by hand.</source>
        <translation>请手动删除该文件夹。</translation>
    </message>
    <message>
        <source>Download all files of the model.</source>
        <translation>请下载模型的全部文件。</translation>
    </message>
    <message>
        <source>Download it again.</source>
        <translation>请重新下载。</translation>
    </message>
    <message>
        <source>Download the file again.</source>
        <translation>请重新下载该文件。</translation>
    </message>
    <message>
        <source>Download the model again.</source>
        <translation>请重新下载模型。</translation>
    </message>
    <message>
        <source>Download the whole folder again.</source>
        <translation>请重新下载整个文件夹。</translation>
    </message>
    <message>
        <source>Get a newer conversion of the model.</source>
        <translation>请获取此模型较新的转换版本。</translation>
    </message>
    <message>
        <source>Get another conversion of the model.</source>
        <translation>请获取此模型的其他转换版本。</translation>
    </message>
    <message>
        <source>Get the little-endian file.</source>
        <translation>请获取小端序的文件。</translation>
    </message>
    <message>
        <source>Give the files their original names.</source>
        <translation>请恢复文件的原名。</translation>
    </message>
    <message>
        <source>Give the path of the .gguf file in it.</source>
        <translation>请给出其中 .gguf 文件的路径。</translation>
    </message>
    <message>
        <source>Kept conversations could not be removed</source>
        <translation>无法删除保留的对话</translation>
    </message>
    <message>
        <source>Load a code model, e.g. DeepSeek Coder.</source>
        <translation>请加载代码模型，例如 DeepSeek Coder。</translation>
    </message>
    <message>
        <source>Load the model again, or run it on the CPU.</source>
        <translation>请重新加载模型，或在 CPU 上运行。</translation>
    </message>
    <message>
        <source>Memory ran out</source>
        <translation>内存耗尽</translation>
    </message>
    <message>
        <source>Models of this family are not supported</source>
        <translation>不支持该系列的模型</translation>
    </message>
    <message>
        <source>No permission to read the file</source>
        <translation>没有读取该文件的权限</translation>
    </message>
    <message>
        <source>No such file</source>
        <translation>没有这个文件</translation>
    </message>
    <message>
        <source>Not a GGUF file</source>
        <translation>不是 GGUF 文件</translation>
    </message>
    <message>
        <source>Only a regular file can be opened</source>
        <translation>只能打开普通文件</translation>
    </message>
    <message>
        <source>Open the file itself.</source>
        <translation>请直接打开该文件。</translation>
    </message>
    <message>
        <source>Parts of different models are mixed</source>
        <translation>不同模型的分卷混在一起</translation>
    </message>
    <message>
        <source>Put the files of one download into one folder.</source>
        <translation>请把同一次下载的文件放在同一文件夹。</translation>
    </message>
    <message>
        <source>Raise the limit that is set for it (ulimit -v), or choose a smaller model.</source>
        <translation>请提高其限制（ulimit -v），或选择更小的模型。</translation>
    </message>
    <message>
        <source>Read conversations are no longer kept on disk</source>
        <translation>读过的对话不再保留在磁盘上</translation>
    </message>
    <message>
        <source>Read conversations are not kept on disk</source>
        <translation>读过的对话未保留在磁盘上</translation>
    </message>
    <message>
        <source>Resume or repeat the download.</source>
        <translation>请继续或重新下载。</translation>
    </message>
    <message>
        <source>Run the model on the CPU.</source>
        <translation>请在 CPU 上运行模型。</translation>
    </message>
    <message>
        <source>Shorten it, or load the model with a longer context.</source>
        <translation>请缩短内容，或用更长的上下文加载模型。</translation>
    </message>
    <message>
        <source>Something failed inside the engine</source>
        <translation>引擎内部出错</translation>
    </message>
    <message>
        <source>The GGUF version is not supported</source>
        <translation>不支持此 GGUF 版本</translation>
    </message>
    <message>
        <source>The GGUF version is too old</source>
        <translation>GGUF 版本太旧</translation>
    </message>
    <message>
        <source>The GPU cannot be used</source>
        <translation>无法使用 GPU</translation>
    </message>
    <message>
        <source>The GPU failed</source>
        <translation>GPU 出错</translation>
    </message>
    <message>
        <source>The GPU failed in its self-test</source>
        <translation>GPU 未通过自检</translation>
    </message>
    <message>
        <source>The GPU&apos;s memory could not be measured</source>
        <translation>无法测量显存</translation>
    </message>
    <message>
        <source>The KV cache has no page left.</source>
        <translation>KV 缓存已无空页。</translation>
    </message>
    <message>
        <source>The added tokens cannot be used</source>
        <translation>附加词元无法使用</translation>
    </message>
    <message>
        <source>The answer cannot go on with this model</source>
        <translation>此模型无法续写该回答</translation>
    </message>
    <message>
        <source>The chat template is too long</source>
        <translation>对话模板太长</translation>
    </message>
    <message>
        <source>The configuration is no JSON object</source>
        <translation>配置不是 JSON 对象</translation>
    </message>
    <message>
        <source>The context is full</source>
        <translation>上下文已满</translation>
    </message>
    <message>
        <source>The context length is longer than the model was trained for</source>
        <translation>上下文长度超过模型训练时的长度</translation>
    </message>
    <message>
        <source>The conversation has no message.</source>
        <translation>对话中没有消息。</translation>
    </message>
    <message>
        <source>The device cuda cannot be used</source>
        <translation>无法使用 cuda 设备</translation>
    </message>
    <message>
        <source>The file begins with zeros, as an unfinished download does</source>
        <translation>文件开头全是零，像是未完成的下载</translation>
    </message>
    <message>
        <source>The file changed while it was read</source>
        <translation>读取时文件发生了变化</translation>
    </message>
    <message>
        <source>The file is another part than its name says</source>
        <translation>文件与名称所示的分卷不符</translation>
    </message>
    <message>
        <source>The file is damaged</source>
        <translation>文件已损坏</translation>
    </message>
    <message>
        <source>The file is empty</source>
        <translation>文件为空</translation>
    </message>
    <message>
        <source>The file is incomplete</source>
        <translation>文件不完整</translation>
    </message>
    <message>
        <source>The file is probably damaged: download it again, or try --precision reference.</source>
        <translation>文件很可能已损坏：请重新下载，或尝试 --precision reference。</translation>
    </message>
    <message>
        <source>The file was converted wrongly: take another one.</source>
        <translation>文件转换有误：请换一个。</translation>
    </message>
    <message>
        <source>The file&apos;s name and its content are different parts of a split model</source>
        <translation>文件名与内容是分卷模型的不同分卷</translation>
    </message>
    <message>
        <source>The header is no list of tensors</source>
        <translation>文件头不是张量列表</translation>
    </message>
    <message>
        <source>The kinds of tokens are no whole numbers</source>
        <translation>词元类型不是整数</translation>
    </message>
    <message>
        <source>The kinds of tokens do not fit the tokens</source>
        <translation>词元类型与词元不匹配</translation>
    </message>
    <message>
        <source>The model changes text in a way that is not known here</source>
        <translation>模型以未知方式改变文本</translation>
    </message>
    <message>
        <source>The model cuts text in a way that is not known here</source>
        <translation>模型以未知方式切分文本</translation>
    </message>
    <message>
        <source>The model has no merges for its vocabulary</source>
        <translation>模型的词表缺少合并规则</translation>
    </message>
    <message>
        <source>The model has no tokenizer</source>
        <translation>模型没有分词器</translation>
    </message>
    <message>
        <source>The model has no tokens</source>
        <translation>模型没有词元</translation>
    </message>
    <message>
        <source>The model has too many merges</source>
        <translation>模型的合并规则太多</translation>
    </message>
    <message>
        <source>The model has too many tokens</source>
        <translation>模型的词元太多</translation>
    </message>
    <message>
        <source>The model produced invalid numbers</source>
        <translation>模型产生了无效数值</translation>
    </message>
    <message>
        <source>The model&apos;s kind of tokenizer is not known here</source>
        <translation>模型的分词器类型未知</translation>
    </message>
    <message>
        <source>The model&apos;s vocabulary has no size that can be used</source>
        <translation>模型词表的大小无效</translation>
    </message>
    <message>
        <source>The number of parts of a split model is impossible</source>
        <translation>分卷模型的卷数不合理</translation>
    </message>
    <message>
        <source>The other parts of a split model are found by name, and this name is another one</source>
        <translation>分卷模型按名称查找其余分卷，而此名称不符</translation>
    </message>
    <message>
        <source>The parts of a split model do not hold all its tensors</source>
        <translation>分卷模型的各卷未包含全部张量</translation>
    </message>
    <message>
        <source>The prompt does not fit the context</source>
        <translation>提示词超出上下文长度</translation>
    </message>
    <message>
        <source>The prompt is empty. A model needs at least one token to go on from.</source>
        <translation>提示词为空。模型至少需要一个词元才能继续。</translation>
    </message>
    <message>
        <source>The scores do not fit the tokens</source>
        <translation>分数与词元不匹配</translation>
    </message>
    <message>
        <source>The sparse attention of DeepSeek-V3.2 is not supported</source>
        <translation>不支持 DeepSeek-V3.2 的稀疏注意力</translation>
    </message>
    <message>
        <source>The symbolic links lead in a circle</source>
        <translation>符号链接形成了循环</translation>
    </message>
    <message>
        <source>The tokenizer has tokens that the model has no weights for</source>
        <translation>分词器中有模型没有权重的词元</translation>
    </message>
    <message>
        <source>The tokenizer is damaged</source>
        <translation>分词器已损坏</translation>
    </message>
    <message>
        <source>The tokens are made to be slow to look up</source>
        <translation>词元被刻意构造得难以查找</translation>
    </message>
    <message>
        <source>The vocabulary has no token for what it does not know</source>
        <translation>词表缺少表示未知内容的词元</translation>
    </message>
    <message>
        <source>The vocabulary is not one that SentencePiece accepts</source>
        <translation>SentencePiece 不接受该词表</translation>
    </message>
    <message>
        <source>There is no GPU memory for more context</source>
        <translation>显存不足以容纳更多上下文</translation>
    </message>
    <message>
        <source>There is no GPU memory for the model</source>
        <translation>显存不足以容纳模型</translation>
    </message>
    <message>
        <source>There is no memory for more context</source>
        <translation>内存不足以容纳更多上下文</translation>
    </message>
    <message>
        <source>There is no memory for the activations</source>
        <translation>内存不足以容纳激活值</translation>
    </message>
    <message>
        <source>There is no memory for the model</source>
        <translation>内存不足以容纳模型</translation>
    </message>
    <message>
        <source>There is no room for the file in this program&apos;s address space</source>
        <translation>程序的地址空间容不下该文件</translation>
    </message>
    <message>
        <source>There is no such GPU</source>
        <translation>没有这块 GPU</translation>
    </message>
    <message>
        <source>There is no such device</source>
        <translation>没有这个设备</translation>
    </message>
    <message>
        <source>There is not enough memory for the model</source>
        <translation>内存不足以运行该模型</translation>
    </message>
    <message>
        <source>This has to be a file</source>
        <translation>这里必须是文件</translation>
    </message>
    <message>
        <source>This is a folder and not a model</source>
        <translation>这是文件夹，不是模型</translation>
    </message>
    <message>
        <source>This kind of tokenizer is not known here</source>
        <translation>分词器类型未知</translation>
    </message>
    <message>
        <source>This model cannot complete code between two pieces</source>
        <translation>此模型无法补全两段代码之间的内容</translation>
    </message>
    <message>
        <source>Too many threads</source>
        <translation>线程太多</translation>
    </message>
    <message>
        <source>Two tensors overlap</source>
        <translation>两个张量重叠</translation>
    </message>
    <message>
        <source>Update Baleen, or get another conversion of the model.</source>
        <translation>请更新 Baleen，或获取此模型的其他转换版本。</translation>
    </message>
    <message>
        <source>Use a model of the DeepSeek family.</source>
        <translation>请使用 DeepSeek 系列的模型。</translation>
    </message>
    <message>
        <source>Wait until its download has finished, then open it again.</source>
        <translation>请等下载完成后再打开。</translation>
    </message>
    <message>
        <source>Choose a UTF-8 or UTF-16 text file.</source>
        <translation>请选择 UTF-8 或 UTF-16 文本文件。</translation>
    </message>
</context>
<context>
    <name>FormulaEngine</name>
    <message>
        <source>Formulas are shown as their source: %1 cannot be read.</source>
        <translation>公式以源码显示：无法读取 %1。</translation>
    </message>
    <message>
        <source>Formulas are shown as their source: %1 does not run (%2).</source>
        <translation>公式以源码显示：%1 无法运行（%2）。</translation>
    </message>
    <message>
        <source>This formula is too long to be drawn.</source>
        <translation>公式太长，无法绘制。</translation>
    </message>
    <message>
        <source>This formula takes too long to draw.</source>
        <translation>公式绘制耗时过长。</translation>
    </message>
    <message>
        <source>This formula cannot be drawn: %1</source>
        <translation>公式无法绘制：%1</translation>
    </message>
    <message>
        <source>This formula is too large to be drawn.</source>
        <translation>公式太大，无法绘制。</translation>
    </message>
    <message>
        <source>Formulas are shown as their source: %1 is missing. packaging/fetch_models.sh --formulas fetches it.</source>
        <translation>公式以源码显示：缺少 %1。可用 packaging/fetch_models.sh --formulas 获取。</translation>
    </message>
</context>
<context>
    <name>Languages</name>
    <message>
        <source>English</source>
        <translation>英语</translation>
    </message>
    <message>
        <source>Chinese, simplified</source>
        <translation>简体中文</translation>
    </message>
    <message>
        <source>Chinese, traditional</source>
        <translation>繁体中文</translation>
    </message>
    <message>
        <source>Japanese</source>
        <translation>日语</translation>
    </message>
    <message>
        <source>Korean</source>
        <translation>韩语</translation>
    </message>
    <message>
        <source>Afrikaans</source>
        <translation>南非荷兰语</translation>
    </message>
    <message>
        <source>Albanian</source>
        <translation>阿尔巴尼亚语</translation>
    </message>
    <message>
        <source>Arabic</source>
        <translation>阿拉伯语</translation>
    </message>
    <message>
        <source>Armenian</source>
        <translation>亚美尼亚语</translation>
    </message>
    <message>
        <source>Azerbaijani</source>
        <translation>阿塞拜疆语</translation>
    </message>
    <message>
        <source>Basque</source>
        <translation>巴斯克语</translation>
    </message>
    <message>
        <source>Belarusian</source>
        <translation>白俄罗斯语</translation>
    </message>
    <message>
        <source>Bengali</source>
        <translation>孟加拉语</translation>
    </message>
    <message>
        <source>Bulgarian</source>
        <translation>保加利亚语</translation>
    </message>
    <message>
        <source>Burmese</source>
        <translation>缅甸语</translation>
    </message>
    <message>
        <source>Catalan</source>
        <translation>加泰罗尼亚语</translation>
    </message>
    <message>
        <source>Croatian</source>
        <translation>克罗地亚语</translation>
    </message>
    <message>
        <source>Czech</source>
        <translation>捷克语</translation>
    </message>
    <message>
        <source>Danish</source>
        <translation>丹麦语</translation>
    </message>
    <message>
        <source>Dutch</source>
        <translation>荷兰语</translation>
    </message>
    <message>
        <source>Estonian</source>
        <translation>爱沙尼亚语</translation>
    </message>
    <message>
        <source>Filipino</source>
        <translation>菲律宾语</translation>
    </message>
    <message>
        <source>Finnish</source>
        <translation>芬兰语</translation>
    </message>
    <message>
        <source>French</source>
        <translation>法语</translation>
    </message>
    <message>
        <source>Galician</source>
        <translation>加利西亚语</translation>
    </message>
    <message>
        <source>Georgian</source>
        <translation>格鲁吉亚语</translation>
    </message>
    <message>
        <source>German</source>
        <translation>德语</translation>
    </message>
    <message>
        <source>Greek</source>
        <translation>希腊语</translation>
    </message>
    <message>
        <source>Gujarati</source>
        <translation>古吉拉特语</translation>
    </message>
    <message>
        <source>Hebrew</source>
        <translation>希伯来语</translation>
    </message>
    <message>
        <source>Hindi</source>
        <translation>印地语</translation>
    </message>
    <message>
        <source>Hungarian</source>
        <translation>匈牙利语</translation>
    </message>
    <message>
        <source>Icelandic</source>
        <translation>冰岛语</translation>
    </message>
    <message>
        <source>Indonesian</source>
        <translation>印度尼西亚语</translation>
    </message>
    <message>
        <source>Irish</source>
        <translation>爱尔兰语</translation>
    </message>
    <message>
        <source>Italian</source>
        <translation>意大利语</translation>
    </message>
    <message>
        <source>Kannada</source>
        <translation>卡纳达语</translation>
    </message>
    <message>
        <source>Kazakh</source>
        <translation>哈萨克语</translation>
    </message>
    <message>
        <source>Khmer</source>
        <translation>高棉语</translation>
    </message>
    <message>
        <source>Lao</source>
        <translation>老挝语</translation>
    </message>
    <message>
        <source>Latvian</source>
        <translation>拉脱维亚语</translation>
    </message>
    <message>
        <source>Lithuanian</source>
        <translation>立陶宛语</translation>
    </message>
    <message>
        <source>Macedonian</source>
        <translation>马其顿语</translation>
    </message>
    <message>
        <source>Malay</source>
        <translation>马来语</translation>
    </message>
    <message>
        <source>Malayalam</source>
        <translation>马拉雅拉姆语</translation>
    </message>
    <message>
        <source>Marathi</source>
        <translation>马拉地语</translation>
    </message>
    <message>
        <source>Nepali</source>
        <translation>尼泊尔语</translation>
    </message>
    <message>
        <source>Norwegian</source>
        <translation>挪威语</translation>
    </message>
    <message>
        <source>Persian</source>
        <translation>波斯语</translation>
    </message>
    <message>
        <source>Polish</source>
        <translation>波兰语</translation>
    </message>
    <message>
        <source>Portuguese</source>
        <translation>葡萄牙语</translation>
    </message>
    <message>
        <source>Punjabi</source>
        <translation>旁遮普语</translation>
    </message>
    <message>
        <source>Romanian</source>
        <translation>罗马尼亚语</translation>
    </message>
    <message>
        <source>Russian</source>
        <translation>俄语</translation>
    </message>
    <message>
        <source>Serbian</source>
        <translation>塞尔维亚语</translation>
    </message>
    <message>
        <source>Sinhala</source>
        <translation>僧伽罗语</translation>
    </message>
    <message>
        <source>Slovak</source>
        <translation>斯洛伐克语</translation>
    </message>
    <message>
        <source>Slovenian</source>
        <translation>斯洛文尼亚语</translation>
    </message>
    <message>
        <source>Spanish</source>
        <translation>西班牙语</translation>
    </message>
    <message>
        <source>Swahili</source>
        <translation>斯瓦希里语</translation>
    </message>
    <message>
        <source>Swedish</source>
        <translation>瑞典语</translation>
    </message>
    <message>
        <source>Tamil</source>
        <translation>泰米尔语</translation>
    </message>
    <message>
        <source>Telugu</source>
        <translation>泰卢固语</translation>
    </message>
    <message>
        <source>Thai</source>
        <translation>泰语</translation>
    </message>
    <message>
        <source>Turkish</source>
        <translation>土耳其语</translation>
    </message>
    <message>
        <source>Ukrainian</source>
        <translation>乌克兰语</translation>
    </message>
    <message>
        <source>Urdu</source>
        <translation>乌尔都语</translation>
    </message>
    <message>
        <source>Vietnamese</source>
        <translation>越南语</translation>
    </message>
    <message>
        <source>Welsh</source>
        <translation>威尔士语</translation>
    </message>
</context>
<context>
    <name>Progresses</name>
    <message>
        <source>Reading prompt %1/%2</source>
        <translation>正在读取提示 %1/%2</translation>
    </message>
    <message>
        <source>Reading prompt</source>
        <translation>正在读取提示</translation>
    </message>
</context>
<context>
    <name>SettingWords</name>
    <message>
        <source>Colours</source>
        <translation>颜色</translation>
    </message>
    <message>
        <source>System follows the desktop.</source>
        <translation>“跟随系统”随桌面的设置变化。</translation>
    </message>
    <message>
        <source>theme dark light night</source>
        <translation>主题 深色 浅色 夜间 theme dark light</translation>
    </message>
    <message>
        <source>Language</source>
        <translation>语言</translation>
    </message>
    <message>
        <source>Of the window, from the next start on.</source>
        <translation>界面语言，下次启动时生效。</translation>
    </message>
    <message>
        <source>English Chinese Japanese Korean 中文 日本語 한국어</source>
        <translation>英语 中文 日语 韩语 English Chinese Japanese Korean 日本語 한국어</translation>
    </message>
    <message>
        <source>Reading size</source>
        <translation>阅读字号</translation>
    </message>
    <message>
        <source>Messages, segments and what you write.</source>
        <translation>消息、段落和你输入的内容。</translation>
    </message>
    <message>
        <source>font text zoom larger smaller</source>
        <translation>字体 文字 缩放 放大 缩小 font zoom</translation>
    </message>
    <message>
        <source>Code size</source>
        <translation>代码字号</translation>
    </message>
    <message>
        <source>Of the editor in the Code panel.</source>
        <translation>代码面板中编辑器的字号。</translation>
    </message>
    <message>
        <source>font editor zoom larger smaller</source>
        <translation>字体 编辑器 缩放 放大 缩小 font editor</translation>
    </message>
    <message>
        <source>System prompt</source>
        <translation>系统提示词</translation>
    </message>
    <message>
        <source>What every chat begins with; the model sees it before your first message.</source>
        <translation>每个对话的开头；模型会在你的第一条消息之前看到它。</translation>
    </message>
    <message>
        <source>instructions</source>
        <translation>指令 instructions</translation>
    </message>
    <message>
        <source>Sampling</source>
        <translation>采样</translation>
    </message>
    <message>
        <source>How freely the model chooses its words.</source>
        <translation>模型用词的自由程度。</translation>
    </message>
    <message>
        <source>temperature top-p preset</source>
        <translation>温度 预设 temperature top-p</translation>
    </message>
    <message>
        <source>Thinking</source>
        <translation>思考</translation>
    </message>
    <message>
        <source>For models that can reason before they answer.</source>
        <translation>适用于能先推理再回答的模型。</translation>
    </message>
    <message>
        <source>think reasoning</source>
        <translation>推理 think reasoning</translation>
    </message>
    <message>
        <source>Longest answer</source>
        <translation>最长回答</translation>
    </message>
    <message>
        <source>An answer that stops there can be continued.</source>
        <translation>到此停止的回答可以继续。</translation>
    </message>
    <message>
        <source>tokens limit length</source>
        <translation>词元 上限 长度 tokens</translation>
    </message>
    <message>
        <source>Titles</source>
        <translation>标题</translation>
    </message>
    <message>
        <source>What a chat is called until you name it.</source>
        <translation>在你命名之前对话的名称。</translation>
    </message>
    <message>
        <source>names of chats</source>
        <translation>对话名称</translation>
    </message>
    <message>
        <source>Doubt</source>
        <translation>不确定处</translation>
    </message>
    <message>
        <source>In the token lens: words where the model hesitated between several.</source>
        <translation>在词元透视中标出模型犹豫不决的词。</translation>
    </message>
    <message>
        <source>unsure underline probability</source>
        <translation>不确定 下划线 概率</translation>
    </message>
    <message>
        <source>Device</source>
        <translation>设备</translation>
    </message>
    <message>
        <source>GPU CPU CUDA graphics card processor</source>
        <translation>显卡 处理器 GPU CPU CUDA</translation>
    </message>
    <message>
        <source>Context length</source>
        <translation>上下文长度</translation>
    </message>
    <message>
        <source>How much the model can see at once. More takes more memory.</source>
        <translation>模型一次能看到多少内容。越长占用内存越多。</translation>
    </message>
    <message>
        <source>tokens window memory</source>
        <translation>词元 窗口 内存 tokens</translation>
    </message>
    <message>
        <source>Threads</source>
        <translation>线程</translation>
    </message>
    <message>
        <source>Fewer leave more of the processor to other programs.</source>
        <translation>越少，留给其他程序的处理器资源越多。</translation>
    </message>
    <message>
        <source>cores processor speed</source>
        <translation>核心 处理器 速度</translation>
    </message>
    <message>
        <source>Memory of the context</source>
        <translation>上下文内存</translation>
    </message>
    <message>
        <source>8 bits take three fifths of the memory. Answers can differ a little. Models with experts keep 16 bits.</source>
        <translation>8 位只占五分之三的内存，回答可能略有不同。专家模型仍用 16 位。</translation>
    </message>
    <message>
        <source>KV cache bits</source>
        <translation>KV 缓存 位 cache</translation>
    </message>
    <message>
        <source>Keep read conversations on disk</source>
        <translation>在磁盘上保留读过的对话</translation>
    </message>
    <message>
        <source>Going back to one needs no new reading then, also after a restart. The files hold its text, that of deleted chats included. Off deletes them.</source>
        <translation>再次打开时无需重新读取，重启后也是如此。这些文件含有对话文字，包括已删除的对话。关闭后会全部删除。</translation>
    </message>
    <message>
        <source>KV cache storage prefix</source>
        <translation>KV 缓存 存储 前缀 cache</translation>
    </message>
    <message>
        <source>Folder of models</source>
        <translation>模型文件夹</translation>
    </message>
    <message>
        <source>One more place to look for models in.</source>
        <translation>另一个查找模型的位置。</translation>
    </message>
    <message>
        <source>GGUF files directory</source>
        <translation>GGUF 文件 目录</translation>
    </message>
    <message>
        <source>Tell when an answer ends</source>
        <translation>回答结束时通知</translation>
    </message>
    <message>
        <source>While another window is in front, where the desktop shows notifications.</source>
        <translation>当其他窗口在前台、且桌面支持通知时。</translation>
    </message>
    <message>
        <source>notification</source>
        <translation>通知 notification</translation>
    </message>
    <message>
        <source>Appearance</source>
        <translation>外观</translation>
    </message>
    <message>
        <source>Chat</source>
        <translation>对话</translation>
    </message>
    <message>
        <source>Engine</source>
        <translation>引擎</translation>
    </message>
    <message>
        <source>Desktop</source>
        <translation>桌面</translation>
    </message>
    <message>
        <source>Diagnostics</source>
        <translation>诊断</translation>
    </message>
    <message>
        <source>When the window is closed</source>
        <translation>关闭窗口时</translation>
    </message>
    <message>
        <source>In the tray, answers go on. Its icon opens the window again, or quits.</source>
        <translation>在托盘中，回答会继续生成。托盘图标可以重新打开窗口，也可以退出。</translation>
    </message>
    <message>
        <source>tray background icon quit</source>
        <translation>托盘 后台 图标 退出</translation>
    </message>
    <message>
        <source>Automatic takes a graphics card whose numbers are right. What does not fit its memory runs on the processor.</source>
        <translation>“自动”会使用计算无误的显卡；显存放不下的部分由处理器运行。</translation>
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
        <translation>尚未测量：生成一段回答后即可知道模型的速度。</translation>
    </message>
    <message>
        <source>The whole model is on the graphics card.</source>
        <translation>整个模型都在显卡上。</translation>
    </message>
    <message>
        <source>How fast this machine reads its memory is measured when it has nothing else to do.</source>
        <translation>这台机器的内存读取速度会在空闲时测量。</translation>
    </message>
    <message>
        <source>Reading took most of the time: %1 tokens were new.</source>
        <translation>大部分时间用于读取提示：有 %1 个新词元。</translation>
    </message>
    <message>
        <source>Memory speed is the limit: %1 % of what this machine can read.</source>
        <translation>瓶颈是内存速度：已达到本机读取能力的 %1 %。</translation>
    </message>
    <message>
        <source>Faster than reading the model for each token: what repeats was guessed right.</source>
        <translation>比逐词元读取模型更快：重复的内容被猜中了。</translation>
    </message>
    <message>
        <source>%1 of %2 cores work: %3 % of what this machine can read.</source>
        <translation>%2 个核心中有 %1 个在工作：达到本机读取能力的 %3 %。</translation>
    </message>
    <message>
        <source>Something else holds it up: only %1 % of what this machine can read.</source>
        <translation>有其他因素拖慢：只达到本机读取能力的 %1 %。</translation>
    </message>
    <message>
        <source>Keep read conversations on disk: going back to one needs no reading then.</source>
        <translation>把读过的对话保留在磁盘上：再次打开时无需重新读取。</translation>
    </message>
    <message>
        <source>Shorter attachments leave less to read.</source>
        <translation>附件越短，需要读取的越少。</translation>
    </message>
    <message>
        <source>8 bits for the context&apos;s memory: about +%1 %.</source>
        <translation>上下文改用 8 位：约 +%1 %。</translation>
    </message>
    <message>
        <source>The model in 4 bits: about +%1 %.</source>
        <translation>模型改用 4 位：约 +%1 %。</translation>
    </message>
    <message>
        <source>One thread for each core is faster.</source>
        <translation>每个核心一个线程会更快。</translation>
    </message>
    <message>
        <source>Other programs use the processor or the memory: close what is not needed.</source>
        <translation>其他程序占用了处理器或内存：请关闭不需要的程序。</translation>
    </message>
    <message>
        <source>The processor sets the pace: it runs what the graphics card has no room for.</source>
        <translation>速度取决于处理器：显卡放不下的部分由它运行。</translation>
    </message>
</context>
<context>
    <name>Tokens</name>
    <message>
        <source>1 token</source>
        <translation>1 词元</translation>
    </message>
    <message>
        <source>%1 tokens</source>
        <translation>%1 词元</translation>
    </message>
</context>
<context>
    <name>Workspace</name>
    <message>
        <source>%1 could not be read and was kept as %2</source>
        <translation>%1 无法读取，已另存为 %2</translation>
    </message>
</context>
<context>
    <name>app::AnswerReplay</name>
    <message>
        <source>This answer was continued: its parts had prompts of their own, and it cannot be replayed in one.</source>
        <translation>此回答经过续写：各部分的提示词不同，无法一次重放。</translation>
    </message>
    <message>
        <source>This answer has no token.</source>
        <translation>此回答没有词元。</translation>
    </message>
    <message>
        <source>All tokens of this answer were given: there is nothing to replay.</source>
        <translation>此回答的词元全部由你给定：没有可重放的内容。</translation>
    </message>
    <message>
        <source>No model is loaded. Load %1.</source>
        <translation>尚未加载模型。请加载 %1。</translation>
    </message>
    <message>
        <source>Another model is loaded. Load %1 from %2.</source>
        <translation>当前加载的是其他模型。请从 %2 加载 %1。</translation>
    </message>
    <message>
        <source>Stopped. The first %1 tokens are the same.</source>
        <translation>已停止。前 %1 个词元相同。</translation>
    </message>
    <message>
        <source>The same %1 tokens, one by one.</source>
        <translation>%1 个词元逐一相同。</translation>
    </message>
    <message>
        <source>The first %1 tokens are the same; from token %2 on they differ.</source>
        <translation>前 %1 个词元相同，从第 %2 个起不同。</translation>
    </message>
    <message>
        <source>The prompt has %1 tokens now, %2 then.</source>
        <translation>提示词现在有 %1 词元，当时为 %2。</translation>
    </message>
    <message>
        <source>The device is another one: %1 then.</source>
        <translation>设备不同：当时是 %1。</translation>
    </message>
    <message>
        <source>Baleen is another one: %1 then.</source>
        <translation>Baleen 版本不同：当时是 %1。</translation>
    </message>
</context>
<context>
    <name>app::AttachmentIntake</name>
    <message>
        <source>%1 of the files were not attached: %2 at once is the most.</source>
        <translation>有 %1 个文件未添加：一次最多 %2 个。</translation>
    </message>
</context>
<context>
    <name>app::ChatSession</name>
    <message>
        <source>Only answers have tokens.</source>
        <translation>只有回答才有词元。</translation>
    </message>
    <message>
        <source>An answer is under way.</source>
        <translation>正在生成回答。</translation>
    </message>
    <message>
        <source>How this answer was asked is not known.</source>
        <translation>不清楚此回答是如何生成的。</translation>
    </message>
    <message>
        <source>Load %1 to go on from here.</source>
        <translation>请加载 %1 以便从这里继续。</translation>
    </message>
    <message>
        <source>Loading %1 was stopped.</source>
        <translation>已停止加载 %1。</translation>
    </message>
    <message>
        <source>Another model was loaded meanwhile.</source>
        <translation>其间加载了另一个模型。</translation>
    </message>
</context>
<context>
    <name>app::ConversationListModel</name>
    <message>
        <source>New chat</source>
        <translation>新对话</translation>
    </message>
    <message>
        <source>%1 (copy)</source>
        <translation>%1（副本）</translation>
    </message>
    <message>
        <source>Pinned</source>
        <translation>已固定</translation>
    </message>
    <message>
        <source>Today</source>
        <translation>今天</translation>
    </message>
    <message>
        <source>Yesterday</source>
        <translation>昨天</translation>
    </message>
    <message>
        <source>Previous 7 days</source>
        <translation>过去 7 天</translation>
    </message>
    <message>
        <source>Earlier</source>
        <translation>更早</translation>
    </message>
    <message>
        <source>Archived</source>
        <translation>已归档</translation>
    </message>
</context>
<context>
    <name>app::ModelCatalog</name>
    <message>
        <source>Needs %1 of memory; %2 is free.</source>
        <translation>需要 %1 内存，可用 %2。</translation>
    </message>
    <message>
        <source>Fits</source>
        <translation>放得下</translation>
    </message>
    <message>
        <source>Needs %1 more</source>
        <translation>还差 %1</translation>
    </message>
    <message>
        <source>Not supported</source>
        <translation>不支持</translation>
    </message>
    <message>
        <source>Damaged</source>
        <translation>已损坏</translation>
    </message>
</context>
<context>
    <name>app::SummaryWriter</name>
    <message>
        <source>The model was unloaded. Nothing was summarised.</source>
        <translation>模型已卸载，未生成摘要。</translation>
    </message>
    <message>
        <source>A message is too long to be read in one piece. Nothing was summarised.</source>
        <translation>有消息太长，无法一次读完，未生成摘要。</translation>
    </message>
    <message>
        <source>The model wrote no summary. Nothing was changed.</source>
        <translation>模型没有写出摘要，未作更改。</translation>
    </message>
    <message>
        <source>The conversation changed meanwhile. Nothing was summarised.</source>
        <translation>对话在此期间发生了变化，未生成摘要。</translation>
    </message>
</context>
<context>
    <name>app::markdown</name>
    <message>
        <source>(a picture of the answer, not loaded)</source>
        <translation>（回答中的图片，未加载）</translation>
    </message>
    <message>
        <source>(a picture on %1, not loaded)</source>
        <translation>（%1 上的图片，未加载）</translation>
    </message>
</context>
<context>
    <name>app::math::FormulaRenderer</name>
    <message>
        <source>Too many formulas wait to be drawn.</source>
        <translation>等待绘制的公式太多。</translation>
    </message>
</context>
<context>
    <name>ui::AttachmentChip</name>
    <message>
        <source>Remove the attachment</source>
        <translation>移除附件</translation>
    </message>
    <message>
        <source>Reading</source>
        <translation>正在读取</translation>
    </message>
    <message>
        <source>not seen by the model</source>
        <translation>模型看不到</translation>
    </message>
    <message>
        <source>Attachment %1, %2</source>
        <translation>附件 %1，%2</translation>
    </message>
</context>
<context>
    <name>ui::AttachmentDialog</name>
    <message>
        <source>%1 characters</source>
        <translation>%1 字符</translation>
    </message>
    <message>
        <source>not seen by the model</source>
        <translation>模型看不到</translation>
    </message>
    <message>
        <source>this is what the model reads</source>
        <translation>这就是模型读到的内容</translation>
    </message>
    <message>
        <source>Text of the attachment</source>
        <translation>附件文字</translation>
    </message>
    <message>
        <source>Copy all</source>
        <translation>全部复制</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
</context>
<context>
    <name>ui::AttachmentStrip</name>
    <message>
        <source>Take the note away</source>
        <translation>移除提示</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>重试</translation>
    </message>
    <message>
        <source>Attachments</source>
        <translation>附件</translation>
    </message>
</context>
<context>
    <name>ui::Attachments</name>
    <message>
        <source>not seen by the model</source>
        <translation>模型看不到</translation>
    </message>
    <message>
        <source>1 byte</source>
        <translation>1 字节</translation>
    </message>
    <message>
        <source>%1 bytes</source>
        <translation>%1 字节</translation>
    </message>
    <message>
        <source>%1 KB</source>
        <translation>%1 KB</translation>
    </message>
    <message>
        <source>%1 MB</source>
        <translation>%1 MB</translation>
    </message>
</context>
<context>
    <name>ui::ChatFiles</name>
    <message>
        <source>Markdown, what is shown (*.md)</source>
        <translation>Markdown，所见内容 (*.md)</translation>
    </message>
    <message>
        <source>Web page, what is shown (*.html)</source>
        <translation>网页，所见内容 (*.html)</translation>
    </message>
    <message>
        <source>PDF, what is shown (*.pdf)</source>
        <translation>PDF，所见内容 (*.pdf)</translation>
    </message>
    <message>
        <source>JSON, everything, can be imported (*.json)</source>
        <translation>JSON，全部内容，可再导入 (*.json)</translation>
    </message>
    <message>
        <source>the file cannot be written</source>
        <translation>文件无法写入</translation>
    </message>
    <message>
        <source>Export the chat</source>
        <translation>导出对话</translation>
    </message>
    <message>
        <source>Export all chats</source>
        <translation>导出全部对话</translation>
    </message>
    <message>
        <source>JSON (*.json)</source>
        <translation>JSON (*.json)</translation>
    </message>
    <message>
        <source>Import chats of Baleen, ChatGPT, Open WebUI or LM Studio</source>
        <translation>导入 Baleen、ChatGPT、Open WebUI 或 LM Studio 的对话</translation>
    </message>
    <message>
        <source>Chats (*.json *.jsonl *.md *.markdown);;All files (*)</source>
        <translation>对话 (*.json *.jsonl *.md *.markdown);;所有文件 (*)</translation>
    </message>
    <message>
        <source>Written to %1: %2.</source>
        <translation>已写入 %1：%2。</translation>
    </message>
    <message>
        <source>Nothing was written to %1: %2.</source>
        <translation>未写入 %1：%2。</translation>
    </message>
    <message>
        <source>From %1: %2 with %3.</source>
        <translation>来自 %1：%2，共 %3。</translation>
    </message>
</context>
<context>
    <name>ui::ChatFindBar</name>
    <message>
        <source>Find in this chat</source>
        <translation>在此对话中查找</translation>
    </message>
    <message>
        <source>No hits</source>
        <translation>没有匹配</translation>
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
        <translation>在此对话中查找</translation>
    </message>
    <message>
        <source>Attached: %1</source>
        <translation>附件：%1</translation>
    </message>
    <message>
        <source>You</source>
        <translation>你</translation>
    </message>
    <message>
        <source>Answer</source>
        <translation>回答</translation>
    </message>
    <message>
        <source>Save code</source>
        <translation>保存代码</translation>
    </message>
    <message>
        <source>%1 was not written: %2</source>
        <translation>未写入 %1：%2</translation>
    </message>
    <message>
        <source>Open link</source>
        <translation>打开链接</translation>
    </message>
    <message>
        <source>This link leads to %1. Open it in the browser?</source>
        <translation>此链接指向 %1。要在浏览器中打开吗？</translation>
    </message>
    <message>
        <source>Only web and mail addresses are opened.</source>
        <translation>只能打开网页和邮件地址。</translation>
    </message>
    <message>
        <source>Open</source>
        <translation>打开</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>复制</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>What was pasted is a picture. The model reads text only.</source>
        <translation>粘贴的是图片。模型只能读取文字。</translation>
    </message>
    <message>
        <source>Attach files</source>
        <translation>添加文件</translation>
    </message>
    <message>
        <source>Pasted text</source>
        <translation>粘贴的文本</translation>
    </message>
    <message>
        <source>Some files are not attached. Take their note away, then send.</source>
        <translation>有文件未能添加。请先移除提示再发送。</translation>
    </message>
    <message>
        <source>%1 is not attached. Take its note away, then send.</source>
        <translation>%1 未能添加。请先移除提示再发送。</translation>
    </message>
    <message>
        <source>Show the text</source>
        <translation>查看文字</translation>
    </message>
    <message>
        <source>Put into the message</source>
        <translation>放入消息</translation>
    </message>
    <message>
        <source>It is longer than a message is: the model reads it as an attachment.</source>
        <translation>它比一条消息更长：模型会把它作为附件读取。</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>移除</translation>
    </message>
    <message>
        <source>Holds for: %1</source>
        <translation>适用于：%1</translation>
    </message>
    <message>
        <source>Instructions…</source>
        <translation>指令…</translation>
    </message>
    <message>
        <source>This model</source>
        <translation>此模型</translation>
    </message>
    <message>
        <source>This folder</source>
        <translation>此文件夹</translation>
    </message>
    <message>
        <source>This chat</source>
        <translation>此对话</translation>
    </message>
    <message>
        <source>All chats</source>
        <translation>所有对话</translation>
    </message>
    <message>
        <source>under a second</source>
        <translation>不到 1 秒</translation>
    </message>
    <message>
        <source>about %1</source>
        <translation>约 %1</translation>
    </message>
    <message>
        <source>Enter sends, Shift Enter starts a new line</source>
        <translation>Enter 发送，Shift+Enter 换行</translation>
    </message>
    <message>
        <source>, takes %1</source>
        <translation>，需要%1</translation>
    </message>
    <message>
        <source>Summarise</source>
        <translation>摘要</translation>
    </message>
    <message>
        <source>The oldest %1. Frees %2%3.</source>
        <translation>最早的 %1，腾出 %2%3。</translation>
    </message>
    <message>
        <source>Leave out</source>
        <translation>移出上下文</translation>
    </message>
    <message>
        <source>You pick what the model stops seeing. It stays here.</source>
        <translation>由你选择模型不再看到的内容，内容仍留在这里。</translation>
    </message>
    <message>
        <source>Larger context</source>
        <translation>更大的上下文</translation>
    </message>
    <message>
        <source>%1 tokens. Takes %2 more; the model is loaded again.</source>
        <translation>%1 词元，多占用 %2；需重新加载模型。</translation>
    </message>
    <message>
        <source>New chat</source>
        <translation>新对话</translation>
    </message>
    <message>
        <source>Starts with this message. This chat stays.</source>
        <translation>从这条消息开始，当前对话保留。</translation>
    </message>
    <message>
        <source>This message and its answer need %1 tokens; %2 are free.</source>
        <translation>这条消息及其回答需要 %1 词元，剩余 %2。</translation>
    </message>
    <message>
        <source>There is nothing older that a summary would make shorter.</source>
        <translation>没有可以通过摘要缩短的旧内容。</translation>
    </message>
    <message>
        <source>%1 cannot be left out.</source>
        <translation>%1不能移出。</translation>
    </message>
    <message>
        <source>Double click renames</source>
        <translation>双击可重命名</translation>
    </message>
    <message>
        <source>More for this chat</source>
        <translation>此对话的更多操作</translation>
    </message>
    <message>
        <source>Context: what the model sees</source>
        <translation>上下文：模型看到的内容</translation>
    </message>
    <message>
        <source>New title</source>
        <translation>新标题</translation>
    </message>
    <message>
        <source>Waiting: another chat is being answered</source>
        <translation>等待中：正在回答另一个对话</translation>
    </message>
    <message>
        <source>Waiting: another panel is at work</source>
        <translation>等待中：另一个面板正在工作</translation>
    </message>
    <message>
        <source>Write the next message; it is sent when this answer ends</source>
        <translation>输入下一条消息，本次回答结束后发送</translation>
    </message>
    <message>
        <source>Write a message</source>
        <translation>输入消息</translation>
    </message>
    <message>
        <source>Write the next message</source>
        <translation>输入下一条消息</translation>
    </message>
    <message>
        <source>Attachments without words</source>
        <translation>只有附件，没有文字</translation>
    </message>
    <message>
        <source>Sent as soon as the model is loaded</source>
        <translation>模型加载后立即发送</translation>
    </message>
    <message>
        <source>No model is loaded. The message waits.</source>
        <translation>尚未加载模型，消息会等待。</translation>
    </message>
    <message>
        <source>Reading prompt</source>
        <translation>正在读取提示</translation>
    </message>
    <message>
        <source>Stopping</source>
        <translation>正在停止</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>停止</translation>
    </message>
    <message>
        <source>The context is full. Nothing was dropped, your message is not sent yet.</source>
        <translation>上下文已满。没有丢弃任何内容，你的消息尚未发送。</translation>
    </message>
    <message>
        <source>Not sent. Your text is kept.</source>
        <translation>未发送，你的文字已保留。</translation>
    </message>
    <message>
        <source>1 part is left out. It stays in the chat, the model does not see it.</source>
        <translation>有 1 部分移出了上下文。它仍在对话中，但模型看不到。</translation>
    </message>
    <message>
        <source>%1 parts are left out. They stay in the chat, the model does not see them.</source>
        <translation>有 %1 部分移出了上下文。它们仍在对话中，但模型看不到。</translation>
    </message>
    <message>
        <source>Bring back</source>
        <translation>恢复</translation>
    </message>
    <message>
        <source>You edit the answer. Sending makes it a version of its own; the model&apos;s stays.</source>
        <translation>你正在编辑回答。发送后成为独立的版本，模型的版本保留。</translation>
    </message>
    <message>
        <source>You edit an earlier message. Sending makes a new version; the old one stays.</source>
        <translation>你正在编辑之前的消息。发送后生成新版本，旧版本保留。</translation>
    </message>
    <message>
        <source>Your next message begins a branch here. What stood below is kept.</source>
        <translation>下一条消息将在此处开始新分支，下方原有内容保留。</translation>
    </message>
    <message>
        <source>Show it</source>
        <translation>查看</translation>
    </message>
    <message>
        <source>The last changes are not on the disk yet.</source>
        <translation>最近的更改尚未写入磁盘。</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>重试</translation>
    </message>
    <message>
        <source>No model is loaded. Your message will wait.</source>
        <translation>尚未加载模型，你的消息会等待。</translation>
    </message>
    <message>
        <source>Choose a model</source>
        <translation>选择模型</translation>
    </message>
    <message>
        <source>The model is being loaded. What you send is answered as soon as it is there.</source>
        <translation>正在加载模型。你发送的内容会在加载完成后立即得到回答。</translation>
    </message>
    <message>
        <source>Summarising %1</source>
        <translation>正在摘要 %1</translation>
    </message>
    <message>
        <source>, part %1 of %2</source>
        <translation>，第 %1 部分，共 %2 部分</translation>
    </message>
    <message>
        <source>: reading %1/%2</source>
        <translation>：正在读取 %1/%2</translation>
    </message>
    <message>
        <source>: writing</source>
        <translation>：正在生成</translation>
    </message>
    <message>
        <source>%1 tokens reused</source>
        <translation>复用 %1 词元</translation>
    </message>
    <message>
        <source>Thinking, %1</source>
        <translation>正在思考，%1</translation>
    </message>
    <message>
        <source>Writing</source>
        <translation>正在生成</translation>
    </message>
    <message>
        <source>Saving the message</source>
        <translation>正在保存消息</translation>
    </message>
    <message>
        <source>%1 tok/s</source>
        <translation>%1 tok/s</translation>
    </message>
    <message>
        <source>Saved</source>
        <translation>已保存</translation>
    </message>
    <message>
        <source>Saving</source>
        <translation>正在保存</translation>
    </message>
    <message>
        <source>Not saved: %1</source>
        <translation>未保存：%1</translation>
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
        <translation>，top-p %1</translation>
    </message>
    <message>
        <source>Precise</source>
        <translation>精确</translation>
    </message>
    <message>
        <source>Creative</source>
        <translation>创意</translation>
    </message>
    <message>
        <source>Balanced</source>
        <translation>均衡</translation>
    </message>
    <message>
        <source>Recommended</source>
        <translation>推荐</translation>
    </message>
    <message>
        <source>facts and code</source>
        <translation>事实与代码</translation>
    </message>
    <message>
        <source>most questions</source>
        <translation>大多数问题</translation>
    </message>
    <message>
        <source>ideas and stories</source>
        <translation>创意与故事</translation>
    </message>
    <message>
        <source>as the model&apos;s makers advise</source>
        <translation>按模型作者的建议</translation>
    </message>
    <message>
        <source>no advice is known for this model, as Balanced</source>
        <translation>此模型没有已知建议，同“均衡”</translation>
    </message>
    <message>
        <source>Source: %1</source>
        <translation>来源：%1</translation>
    </message>
    <message>
        <source>Write the next message; it follows answer %1</source>
        <translation>输入下一条消息；它接在回答 %1 之后</translation>
    </message>
    <message>
        <source>The answer has begun.</source>
        <translation>回答已开始。</translation>
    </message>
    <message>
        <source>The answer has ended, %1.</source>
        <translation>回答已结束，%1。</translation>
    </message>
    <message>
        <source>The answer has ended.</source>
        <translation>回答已结束。</translation>
    </message>
    <message>
        <source>Tree of this chat</source>
        <translation>此对话的分支树</translation>
    </message>
    <message>
        <source>Two answers: %1</source>
        <translation>两个回答：%1</translation>
    </message>
    <message>
        <source>Stop the answers first: going there closes their comparison.</source>
        <translation>请先停止回答：前往那里会关闭比较。</translation>
    </message>
    <message>
        <source>Replaying an answer</source>
        <translation>正在重放回答</translation>
    </message>
    <message>
        <source>Writing a title</source>
        <translation>正在拟标题</translation>
    </message>
    <message>
        <source>Answering another chat</source>
        <translation>正在回答另一个对话</translation>
    </message>
</context>
<context>
    <name>ui::CodeItem</name>
    <message>
        <source>Text</source>
        <translation>文本</translation>
    </message>
    <message>
        <source>Open in Code</source>
        <translation>在代码面板中打开</translation>
    </message>
    <message>
        <source>Copied</source>
        <translation>已复制</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>复制</translation>
    </message>
    <message>
        <source>Copy code, %1, %2 lines</source>
        <translation>复制代码，%1，%2 行</translation>
    </message>
    <message>
        <source>Do not wrap long lines</source>
        <translation>长行不换行</translation>
    </message>
    <message>
        <source>Wrap long lines</source>
        <translation>长行换行</translation>
    </message>
    <message>
        <source>Save this code as a file</source>
        <translation>将此代码存为文件</translation>
    </message>
    <message>
        <source>This code holds characters that are not seen. They are shown as signs here and copied as they are.</source>
        <translation>此代码含有不可见字符。这里以符号显示，复制时保持原样。</translation>
    </message>
    <message>
        <source>Open this code in the Code panel</source>
        <translation>在代码面板中打开此代码</translation>
    </message>
    <message>
        <source>Hidden characters: %1</source>
        <translation>不可见字符：%1</translation>
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
        <translation>解释</translation>
    </message>
    <message>
        <source>Notes</source>
        <translation>说明</translation>
    </message>
    <message>
        <source>The file was not opened</source>
        <translation>文件未打开</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>重试</translation>
    </message>
    <message>
        <source>The answer broke off. What has come is kept.</source>
        <translation>回答中断，已生成的内容保留。</translation>
    </message>
    <message>
        <source>There is no answer.</source>
        <translation>没有回答。</translation>
    </message>
    <message>
        <source>Stopped, because the text around the cursor was edited.</source>
        <translation>已停止，因为光标附近的文本被修改。</translation>
    </message>
    <message>
        <source>You edited while the answer came. Your text is unchanged.</source>
        <translation>生成期间你做了编辑，你的文本未变。</translation>
    </message>
    <message>
        <source>Use the answer</source>
        <translation>使用回答</translation>
    </message>
    <message>
        <source>Stopped at the length limit, %1 tokens.</source>
        <translation>已达到长度上限 %1 词元，停止生成。</translation>
    </message>
    <message>
        <source>Stopped, because the context is full. %1 tokens are kept.</source>
        <translation>上下文已满，停止生成。已保留 %1 词元。</translation>
    </message>
    <message>
        <source>Stopped. %1 kept.</source>
        <translation>已停止，保留 %1。</translation>
    </message>
    <message>
        <source>Undo</source>
        <translation>撤销</translation>
    </message>
    <message>
        <source>The answer holds no code. Your text is unchanged.</source>
        <translation>回答中没有代码，你的文本未变。</translation>
    </message>
    <message>
        <source>The model has nothing to add here.</source>
        <translation>模型认为此处无需补充。</translation>
    </message>
    <message>
        <source>The text is longer than the context: the model saw the part around the cursor.</source>
        <translation>文本超出上下文：模型只看到光标附近的部分。</translation>
    </message>
    <message>
        <source>Waits for a model</source>
        <translation>等待模型</translation>
    </message>
    <message>
        <source>Starts as soon as the model is ready</source>
        <translation>模型就绪后立即开始</translation>
    </message>
    <message>
        <source>Waits for 1 other request</source>
        <translation>等待另外 1 个请求</translation>
    </message>
    <message>
        <source>Waits for %1 other requests</source>
        <translation>等待另外 %1 个请求</translation>
    </message>
    <message>
        <source>Thinking</source>
        <translation>正在思考</translation>
    </message>
    <message>
        <source>Explaining</source>
        <translation>正在解释</translation>
    </message>
    <message>
        <source>Writing code</source>
        <translation>正在编写代码</translation>
    </message>
    <message>
        <source>Fills in at the cursor</source>
        <translation>正在光标处补全</translation>
    </message>
    <message>
        <source>Stopping</source>
        <translation>正在停止</translation>
    </message>
    <message>
        <source>Save code</source>
        <translation>保存代码</translation>
    </message>
    <message>
        <source>%1 changed on disk since it was opened.</source>
        <translation>%1 打开后在磁盘上被修改。</translation>
    </message>
    <message>
        <source>It was not saved. Overwriting loses what the other program wrote.</source>
        <translation>尚未保存。覆盖会丢失其他程序写入的内容。</translation>
    </message>
    <message>
        <source>Overwrite</source>
        <translation>覆盖</translation>
    </message>
    <message>
        <source>Save as…</source>
        <translation>另存为…</translation>
    </message>
    <message>
        <source>%1 was not saved.</source>
        <translation>%1 未保存。</translation>
    </message>
    <message>
        <source>Open file</source>
        <translation>打开文件</translation>
    </message>
    <message>
        <source>Text of the editor</source>
        <translation>编辑器文本</translation>
    </message>
    <message>
        <source>The last text could not be read.</source>
        <translation>上次的文本无法读取。</translation>
    </message>
    <message>
        <source>The text is not kept on disk.</source>
        <translation>文本未保存在磁盘上。</translation>
    </message>
    <message>
        <source>%1: %2. Save it as a file before closing.</source>
        <translation>%1：%2。请在关闭前另存为文件。</translation>
    </message>
    <message>
        <source>The code was not written.</source>
        <translation>未能写出代码。</translation>
    </message>
    <message>
        <source>The code is written.</source>
        <translation>代码已写好。</translation>
    </message>
    <message>
        <source>Code</source>
        <translation>代码</translation>
    </message>
</context>
<context>
    <name>ui::CommandPalette</name>
    <message>
        <source>Command palette</source>
        <translation>命令面板</translation>
    </message>
    <message>
        <source>Find an action, a chat, a model or a setting</source>
        <translation>查找操作、对话、模型或设置</translation>
    </message>
    <message>
        <source>What was found</source>
        <translation>查找结果</translation>
    </message>
    <message>
        <source>Nothing is called or says that.</source>
        <translation>没有名称或内容与之相符。</translation>
    </message>
    <message>
        <source>Nothing is called that. It was said here:</source>
        <translation>没有名称与之相符。以下对话中提到过：</translation>
    </message>
    <message>
        <source>Nothing is called that.</source>
        <translation>没有名称与之相符。</translation>
    </message>
</context>
<context>
    <name>ui::ComparisonCard</name>
    <message>
        <source>Compare two answers</source>
        <translation>比较两个回答</translation>
    </message>
    <message>
        <source>This question</source>
        <translation>这个问题</translation>
    </message>
    <message>
        <source>The next message</source>
        <translation>下一条消息</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Compare</source>
        <translation>比较</translation>
    </message>
    <message>
        <source>Answer %1</source>
        <translation>回答 %1</translation>
    </message>
    <message>
        <source>No model</source>
        <translation>没有模型</translation>
    </message>
    <message>
        <source>Version %1</source>
        <translation>版本 %1</translation>
    </message>
    <message>
        <source>As it is</source>
        <translation>保持原样</translation>
    </message>
    <message>
        <source>New, %1</source>
        <translation>新回答，%1</translation>
    </message>
    <message>
        <source>%1 (loaded)</source>
        <translation>%1（已加载）</translation>
    </message>
    <message>
        <source>The chat was closed.</source>
        <translation>对话已关闭。</translation>
    </message>
    <message>
        <source>No model is loaded or installed.</source>
        <translation>没有已加载或已安装的模型。</translation>
    </message>
    <message>
        <source>Both are the same answer.</source>
        <translation>两者是同一个回答。</translation>
    </message>
    <message>
        <source>An answer is under way.</source>
        <translation>正在生成回答。</translation>
    </message>
    <message>
        <source>%1 is loaded for its answer: it needs about %2.</source>
        <translation>将加载 %1 来回答：约需 %2。</translation>
    </message>
    <message>
        <source>%1 is loaded for its answer.</source>
        <translation>将加载 %1 来回答。</translation>
    </message>
    <message>
        <source>That is %1 more than is free now; it can become slow or fail.</source>
        <translation>比当前可用内存多 %1；可能变慢或失败。</translation>
    </message>
    <message>
        <source>%1 is loaded again when you go on with its answer or close the comparison.</source>
        <translation>当你继续其回答或关闭比较时，会重新加载 %1。</translation>
    </message>
    <message>
        <source>Answer %1: %2</source>
        <translation>回答 %1：%2</translation>
    </message>
    <message>
        <source>As it was</source>
        <translation>保持原样</translation>
    </message>
    <message>
        <source>Sampling of answer %1: %2</source>
        <translation>回答 %1 的采样：%2</translation>
    </message>
    <message>
        <source>Use for the next message</source>
        <translation>用于下一条消息</translation>
    </message>
    <message>
        <source>Compare (Ctrl+Enter)</source>
        <translation>比较 (Ctrl+Enter)</translation>
    </message>
</context>
<context>
    <name>ui::ComparisonColumn</name>
    <message>
        <source>Keep this one</source>
        <translation>保留这个</translation>
    </message>
    <message>
        <source>Alt %1</source>
        <translation>Alt %1</translation>
    </message>
    <message>
        <source>Saving the message</source>
        <translation>正在保存消息</translation>
    </message>
    <message>
        <source>Waits for the other answer</source>
        <translation>等待另一个回答</translation>
    </message>
    <message>
        <source>Loading %1</source>
        <translation>正在加载 %1</translation>
    </message>
    <message>
        <source>Waits until the engine is free to load its model</source>
        <translation>等待引擎空闲后加载其模型</translation>
    </message>
    <message>
        <source>Waits for the engine</source>
        <translation>等待引擎</translation>
    </message>
    <message>
        <source>Thinking, %1</source>
        <translation>正在思考，%1</translation>
    </message>
    <message>
        <source>Stopping</source>
        <translation>正在停止</translation>
    </message>
    <message>
        <source>Writing</source>
        <translation>正在书写</translation>
    </message>
    <message>
        <source>Go on with this answer; the other one stays as a version</source>
        <translation>以此回答继续；另一个保留为版本</translation>
    </message>
    <message>
        <source>There is no answer yet</source>
        <translation>还没有回答</translation>
    </message>
    <message>
        <source>Keep answer %1, %2</source>
        <translation>保留回答 %1，%2</translation>
    </message>
    <message>
        <source>Answer %1</source>
        <translation>回答 %1</translation>
    </message>
    <message>
        <source>Reading prompt</source>
        <translation>正在读取提示</translation>
    </message>
</context>
<context>
    <name>ui::ComparisonView</name>
    <message>
        <source>Answer 1</source>
        <translation>回答 1</translation>
    </message>
    <message>
        <source>Answer 2</source>
        <translation>回答 2</translation>
    </message>
    <message>
        <source>Mark differences</source>
        <translation>标出差异</translation>
    </message>
    <message>
        <source>Close the comparison</source>
        <translation>关闭比较</translation>
    </message>
    <message>
        <source>Two answers</source>
        <translation>两个回答</translation>
    </message>
    <message>
        <source>Which answer is shown</source>
        <translation>显示哪个回答</translation>
    </message>
    <message>
        <source>Mark the words that the other answer does not have</source>
        <translation>标出另一个回答中没有的词</translation>
    </message>
    <message>
        <source>Esc</source>
        <translation>Esc</translation>
    </message>
    <message>
        <source>Question</source>
        <translation>问题</translation>
    </message>
    <message>
        <source>Compare with version %1</source>
        <translation>与版本 %1 比较</translation>
    </message>
    <message>
        <source>Compare answers…</source>
        <translation>比较回答…</translation>
    </message>
    <message>
        <source>The next message gets two answers by %1: %2 and %3.</source>
        <translation>下一条消息将由 %1 给出两个回答：%2 和 %3。</translation>
    </message>
    <message>
        <source>The next message gets two answers: %1 (%2) and %3 (%4).</source>
        <translation>下一条消息将得到两个回答：%1（%2）和 %3（%4）。</translation>
    </message>
    <message>
        <source>Change…</source>
        <translation>更改…</translation>
    </message>
    <message>
        <source>One answer</source>
        <translation>一个回答</translation>
    </message>
</context>
<context>
    <name>ui::Composer</name>
    <message>
        <source>Attach files</source>
        <translation>添加文件</translation>
    </message>
    <message>
        <source>Think</source>
        <translation>思考</translation>
    </message>
    <message>
        <source>Send message</source>
        <translation>发送消息</translation>
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
        <translation>停止回答</translation>
    </message>
    <message>
        <source>How freely the model chooses its words</source>
        <translation>模型用词的自由程度</translation>
    </message>
    <message>
        <source>Message</source>
        <translation>消息</translation>
    </message>
    <message>
        <source>Send when this answer ends</source>
        <translation>回答结束后发送</translation>
    </message>
    <message>
        <source>Stop the answer (%1)</source>
        <translation>停止回答 (%1)</translation>
    </message>
    <message>
        <source>Let the model think before it answers (%1)</source>
        <translation>让模型先思考再回答 (%1)</translation>
    </message>
</context>
<context>
    <name>ui::ContextBar</name>
    <message>
        <source>Instructions</source>
        <translation>指令</translation>
    </message>
    <message>
        <source>Pinned</source>
        <translation>已固定</translation>
    </message>
    <message>
        <source>Files</source>
        <translation>文件</translation>
    </message>
    <message>
        <source>Conversation</source>
        <translation>对话</translation>
    </message>
    <message>
        <source>Your draft</source>
        <translation>你的草稿</translation>
    </message>
    <message>
        <source>Context: %1</source>
        <translation>上下文：%1</translation>
    </message>
    <message>
        <source>%1 too many</source>
        <translation>超出 %1</translation>
    </message>
    <message>
        <source>%1 of %2 tokens</source>
        <translation>%1 / %2 词元</translation>
    </message>
    <message>
        <source>%1, %2, %3 %</source>
        <translation>%1，%2，%3 %</translation>
    </message>
    <message>
        <source>Kept for the answer, %1</source>
        <translation>留给回答，%1</translation>
    </message>
    <message>
        <source>Free, %1</source>
        <translation>空闲，%1</translation>
    </message>
    <message>
        <source>Click: all parts (%1)</source>
        <translation>点击：查看所有部分 (%1)</translation>
    </message>
</context>
<context>
    <name>ui::ContextChoices</name>
    <message>
        <source>Alt %1</source>
        <translation>Alt %1</translation>
    </message>
</context>
<context>
    <name>ui::ContextInspector</name>
    <message>
        <source>Context</source>
        <translation>上下文</translation>
    </message>
    <message>
        <source>Summarise older</source>
        <translation>摘要旧内容</translation>
    </message>
    <message>
        <source>Inspector: context</source>
        <translation>检查器：上下文</translation>
    </message>
    <message>
        <source>Parts of the context</source>
        <translation>上下文的组成</translation>
    </message>
    <message>
        <source>Close the inspector</source>
        <translation>关闭检查器</translation>
    </message>
    <message>
        <source>of %1 tokens used</source>
        <translation>/ %1 词元已用</translation>
    </message>
    <message>
        <source>No model is loaded</source>
        <translation>尚未加载模型</translation>
    </message>
    <message>
        <source>Nothing is ever dropped without asking. At %1 tokens you choose: summarise, leave out or a new chat.</source>
        <translation>绝不会擅自丢弃内容。到 %1 词元时由你选择：摘要、移出或新对话。</translation>
    </message>
    <message>
        <source>With a model this shows what it sees.</source>
        <translation>加载模型后，这里显示它看到的内容。</translation>
    </message>
</context>
<context>
    <name>ui::ConversationList</name>
    <message>
        <source>New chat</source>
        <translation>新对话</translation>
    </message>
    <message>
        <source>Search chats</source>
        <translation>搜索对话</translation>
    </message>
    <message>
        <source>Search all chats</source>
        <translation>搜索所有对话</translation>
    </message>
    <message>
        <source>Words, “several words”, model:NAME, folder:NAME, tag:NAME, after:2026-01-31, before:2026-12-31</source>
        <translation>词语、“多个词语”、model:名称、folder:名称、tag:名称、after:2026-01-31、before:2026-12-31</translation>
    </message>
    <message>
        <source>Chats</source>
        <translation>对话</translation>
    </message>
    <message>
        <source>Deleted “%1”.</source>
        <translation>已删除“%1”。</translation>
    </message>
    <message>
        <source>Undo</source>
        <translation>撤销</translation>
    </message>
    <message>
        <source>Your chats will be listed here. They stay on this computer.</source>
        <translation>你的对话会列在这里，它们只保存在这台电脑上。</translation>
    </message>
    <message>
        <source>No chat contains “%1”.</source>
        <translation>没有对话包含“%1”。</translation>
    </message>
    <message>
        <source>Search archived chats</source>
        <translation>搜索已归档的对话</translation>
    </message>
    <message>
        <source>Not searched yet: %1.</source>
        <translation>尚未搜索：%1。</translation>
    </message>
    <message>
        <source>Rename</source>
        <translation>重命名</translation>
    </message>
    <message>
        <source>New title</source>
        <translation>新标题</translation>
    </message>
    <message>
        <source>Removed the folder “%1”. Its chats stay.</source>
        <translation>已删除文件夹“%1”，其中的对话保留。</translation>
    </message>
</context>
<context>
    <name>ui::DeletedChatsDialog</name>
    <message>
        <source>Bring back</source>
        <translation>恢复</translation>
    </message>
    <message>
        <source>Remove for good…</source>
        <translation>永久删除…</translation>
    </message>
    <message>
        <source>Deleted chats</source>
        <translation>已删除的对话</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>Remove for good</source>
        <translation>永久删除</translation>
    </message>
    <message>
        <source>Remove %1 with all messages? This cannot be undone.</source>
        <translation>要永久删除 %1及其全部消息吗？此操作无法撤销。</translation>
    </message>
    <message>
        <source>New chat</source>
        <translation>新对话</translation>
    </message>
    <message>
        <source>Deleted on %1. Days left: %2.</source>
        <translation>删除于 %1，剩余 %2 天。</translation>
    </message>
    <message>
        <source>Deleted chats are kept for 30 days.</source>
        <translation>已删除的对话保留 30 天。</translation>
    </message>
    <message>
        <source>No chat was deleted in the last 30 days.</source>
        <translation>最近 30 天没有删除过对话。</translation>
    </message>
</context>
<context>
    <name>ui::DiagnosticsPage</name>
    <message>
        <source>Copy</source>
        <translation>复制</translation>
    </message>
    <message>
        <source>Copied</source>
        <translation>已复制</translation>
    </message>
</context>
<context>
    <name>ui::EditorCard</name>
    <message>
        <source>Open file</source>
        <translation>打开文件</translation>
    </message>
    <message>
        <source>Paste code</source>
        <translation>粘贴代码</translation>
    </message>
    <message>
        <source>Write what to build, or open a file.</source>
        <translation>描述要编写的内容，或打开文件。</translation>
    </message>
    <message>
        <source>Code</source>
        <translation>代码</translation>
    </message>
    <message>
        <source>Source before the last answer</source>
        <translation>上次回答前的源码</translation>
    </message>
    <message>
        <source>Show the task</source>
        <translation>显示任务</translation>
    </message>
    <message>
        <source>Use as source</source>
        <translation>用作源码</translation>
    </message>
    <message>
        <source>Brings this text back into the editor; what is there now comes here</source>
        <translation>把这段文本放回编辑器，编辑器中的内容移到这里</translation>
    </message>
    <message>
        <source>Find in this text</source>
        <translation>在此文本中查找</translation>
    </message>
    <message>
        <source>Copy code</source>
        <translation>复制代码</translation>
    </message>
    <message>
        <source>Save as…</source>
        <translation>另存为…</translation>
    </message>
    <message>
        <source>Copy the notes</source>
        <translation>复制说明</translation>
    </message>
    <message>
        <source>Hide the notes</source>
        <translation>隐藏说明</translation>
    </message>
    <message>
        <source>Source</source>
        <translation>源码</translation>
    </message>
    <message>
        <source>Source: %1</source>
        <translation>源码：%1</translation>
    </message>
    <message>
        <source>The text that was in the editor before the last answer</source>
        <translation>上次回答前编辑器中的文本</translation>
    </message>
</context>
<context>
    <name>ui::EditorFindBar</name>
    <message>
        <source>Find in this text</source>
        <translation>在此文本中查找</translation>
    </message>
    <message>
        <source>Match upper and lower case</source>
        <translation>区分大小写</translation>
    </message>
    <message>
        <source>No hits</source>
        <translation>没有匹配</translation>
    </message>
    <message>
        <source>More than %1 hits</source>
        <translation>超过 %1 处匹配</translation>
    </message>
    <message>
        <source>1 hit</source>
        <translation>1 处匹配</translation>
    </message>
    <message>
        <source>%1 hits</source>
        <translation>%1 处匹配</translation>
    </message>
</context>
<context>
    <name>ui::FindBar</name>
    <message>
        <source>Previous hit</source>
        <translation>上一处</translation>
    </message>
    <message>
        <source>Next hit</source>
        <translation>下一处</translation>
    </message>
    <message>
        <source>Close find</source>
        <translation>关闭查找</translation>
    </message>
</context>
<context>
    <name>ui::InstructionsDialog</name>
    <message>
        <source>Instructions</source>
        <translation>指令</translation>
    </message>
    <message>
        <source>{{date}}, {{weekday}}, {{time}}, {{model}} and {{language}} are filled in; date and time are those of the chat&apos;s beginning.</source>
        <translation>{{date}}、{{weekday}}、{{time}}、{{model}} 和 {{language}} 会自动填入；日期和时间以对话开始时为准。</translation>
    </message>
    <message>
        <source>Instructions for the model</source>
        <translation>给模型的指令</translation>
    </message>
    <message>
        <source>What the model is told before every answer</source>
        <translation>每次回答前告诉模型的内容</translation>
    </message>
    <message>
        <source>Save</source>
        <translation>保存</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>This chat is told nothing.</source>
        <translation>此对话没有指令。</translation>
    </message>
    <message>
        <source>This chat is told, by “%1”: %2</source>
        <translation>此对话的指令来自“%1”：%2</translation>
    </message>
</context>
<context>
    <name>ui::KeysDialog</name>
    <message>
        <source>Search keys</source>
        <translation>搜索快捷键</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
</context>
<context>
    <name>ui::LanguageBar</name>
    <message>
        <source>Swap languages</source>
        <translation>交换语言</translation>
    </message>
    <message>
        <source>Detect language</source>
        <translation>检测语言</translation>
    </message>
    <message>
        <source>Language of the text: %1</source>
        <translation>原文语言：%1</translation>
    </message>
    <message>
        <source>Language to translate to: %1</source>
        <translation>目标语言：%1</translation>
    </message>
    <message>
        <source>Detected, %1% sure</source>
        <translation>已检测，把握 %1%</translation>
    </message>
    <message>
        <source>Language not known yet</source>
        <translation>语言尚不确定</translation>
    </message>
    <message>
        <source>Perhaps %1, %2% sure</source>
        <translation>可能是%1，把握 %2%</translation>
    </message>
    <message>
        <source>Take %1 as the language of the text</source>
        <translation>把%1作为原文语言</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>停止</translation>
    </message>
    <message>
        <source>Stop: what is translated stays</source>
        <translation>停止：已译出的内容保留</translation>
    </message>
    <message>
        <source>Translate again</source>
        <translation>重新翻译</translation>
    </message>
    <message>
        <source>Resume</source>
        <translation>继续</translation>
    </message>
    <message>
        <source>Translate</source>
        <translation>翻译</translation>
    </message>
    <message>
        <source>There is no text to translate.</source>
        <translation>没有要翻译的文本。</translation>
    </message>
    <message>
        <source>The text is in this language already.</source>
        <translation>文本已经是这种语言。</translation>
    </message>
    <message>
        <source>Language of the text (%1)</source>
        <translation>文本语言 (%1)</translation>
    </message>
    <message>
        <source>Language to translate to (%1)</source>
        <translation>目标语言 (%1)</translation>
    </message>
    <message>
        <source>Translate all of it once more (%1)</source>
        <translation>全部重新翻译一遍 (%1)</translation>
    </message>
    <message>
        <source>Translate now (%1)</source>
        <translation>立即翻译 (%1)</translation>
    </message>
</context>
<context>
    <name>ui::MainWindow</name>
    <message>
        <source>Chat</source>
        <translation>对话</translation>
    </message>
    <message>
        <source>Code</source>
        <translation>代码</translation>
    </message>
    <message>
        <source>Translate</source>
        <translation>翻译</translation>
    </message>
    <message>
        <source>%1 was not loaded</source>
        <translation>%1 未加载</translation>
    </message>
    <message>
        <source>Choose another model</source>
        <translation>选择其他模型</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>重试</translation>
    </message>
    <message>
        <source>Loading</source>
        <translation>正在加载</translation>
    </message>
    <message>
        <source>No model</source>
        <translation>没有模型</translation>
    </message>
    <message>
        <source>Choose one</source>
        <translation>请选择</translation>
    </message>
    <message>
        <source>Unknown chat format</source>
        <translation>对话格式未知</translation>
    </message>
    <message>
        <source>Loading %1, %2 of %3 GiB</source>
        <translation>正在加载 %1，%2 / %3 GiB</translation>
    </message>
    <message>
        <source>Loading %1</source>
        <translation>正在加载 %1</translation>
    </message>
    <message>
        <source>Chat goes first when you send</source>
        <translation>发送时对话优先</translation>
    </message>
    <message>
        <source>No model loaded</source>
        <translation>未加载模型</translation>
    </message>
    <message>
        <source>%1 could not be loaded</source>
        <translation>无法加载 %1</translation>
    </message>
    <message>
        <source>Working</source>
        <translation>工作中</translation>
    </message>
    <message>
        <source>Loaded in %1 s</source>
        <translation>加载用时 %1 秒</translation>
    </message>
    <message>
        <source>Ready</source>
        <translation>就绪</translation>
    </message>
    <message>
        <source>Looking for models…</source>
        <translation>正在查找模型…</translation>
    </message>
    <message>
        <source>No models yet</source>
        <translation>还没有模型</translation>
    </message>
    <message>
        <source>Cancel loading</source>
        <translation>取消加载</translation>
    </message>
    <message>
        <source>Open model file</source>
        <translation>打开模型文件</translation>
    </message>
    <message>
        <source>Models (*.gguf config.json);;All files (*)</source>
        <translation>模型 (*.gguf config.json);;所有文件 (*)</translation>
    </message>
    <message>
        <source>New chat</source>
        <translation>新对话</translation>
    </message>
    <message>
        <source>Keys in Code</source>
        <translation>代码面板的快捷键</translation>
    </message>
    <message>
        <source>Keys in Translate</source>
        <translation>翻译面板的快捷键</translation>
    </message>
    <message>
        <source>Keys in Chat</source>
        <translation>对话面板的快捷键</translation>
    </message>
    <message>
        <source>Archived chat</source>
        <translation>已归档的对话</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>模型</translation>
    </message>
    <message>
        <source>Setting</source>
        <translation>设置</translation>
    </message>
    <message>
        <source>%1 and processor</source>
        <extracomment>a graphics card and the processor</extracomment>
        <translation>%1 和处理器</translation>
    </message>
</context>
<context>
    <name>ui::MessageItem</name>
    <message>
        <source>Fold the reasoning</source>
        <translation>折叠思考过程</translation>
    </message>
    <message>
        <source>Show the reasoning</source>
        <translation>展开思考过程</translation>
    </message>
    <message>
        <source>Thinking, %1</source>
        <translation>正在思考，%1</translation>
    </message>
    <message>
        <source>Thinking</source>
        <translation>正在思考</translation>
    </message>
    <message>
        <source>Thought for %1</source>
        <translation>已思考 %1</translation>
    </message>
    <message>
        <source>Thought</source>
        <translation>已思考</translation>
    </message>
    <message>
        <source>Previous version, %1 of %2</source>
        <translation>上一版本，%1/%2</translation>
    </message>
    <message>
        <source>Next version, %1 of %2</source>
        <translation>下一版本，%1/%2</translation>
    </message>
    <message>
        <source>Copied</source>
        <translation>已复制</translation>
    </message>
    <message>
        <source>Copy message</source>
        <translation>复制消息</translation>
    </message>
    <message>
        <source>Copy answer</source>
        <translation>复制回答</translation>
    </message>
    <message>
        <source>Edit and send again</source>
        <translation>编辑并重新发送</translation>
    </message>
    <message>
        <source>Show less</source>
        <translation>收起</translation>
    </message>
    <message>
        <source>Show all %1 characters</source>
        <translation>显示全部 %1 个字符</translation>
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
        <translation>%1 分钟</translation>
    </message>
    <message>
        <source>Retry (%1)</source>
        <translation>重试 (%1)</translation>
    </message>
    <message>
        <source>Close the token lens (%1)</source>
        <translation>关闭词元透视 (%1)</translation>
    </message>
    <message>
        <source>Token lens (%1)</source>
        <translation>词元透视 (%1)</translation>
    </message>
    <message>
        <source>Compare two versions</source>
        <translation>比较两个版本</translation>
    </message>
</context>
<context>
    <name>ui::MessageTreeView</name>
    <message>
        <source>Tree</source>
        <translation>分支树</translation>
    </message>
    <message>
        <source>Close the tree</source>
        <translation>关闭分支树</translation>
    </message>
    <message>
        <source>Tree of this chat</source>
        <translation>此对话的分支树</translation>
    </message>
    <message>
        <source>Messages of all branches</source>
        <translation>所有分支的消息</translation>
    </message>
</context>
<context>
    <name>ui::MessageView</name>
    <message>
        <source>The model sees this summary of %1 in their place: %2</source>
        <translation>模型看到的是这 %1的摘要：%2</translation>
    </message>
    <message>
        <source>Not seen by the model.</source>
        <translation>模型看不到。</translation>
    </message>
    <message>
        <source>Bring back</source>
        <translation>恢复</translation>
    </message>
    <message>
        <source>Edited by you</source>
        <translation>由你编辑</translation>
    </message>
    <message>
        <source>%1 tok/s</source>
        <translation>%1 tok/s</translation>
    </message>
    <message>
        <source>first token after %1 s</source>
        <translation>首词元 %1 秒</translation>
    </message>
    <message>
        <source>Continue</source>
        <translation>继续</translation>
    </message>
    <message>
        <source>Retry</source>
        <translation>重新生成</translation>
    </message>
    <message>
        <source>The context is full. Nothing was dropped.</source>
        <translation>上下文已满，没有丢弃任何内容。</translation>
    </message>
    <message>
        <source>There is no answer</source>
        <translation>没有回答</translation>
    </message>
    <message>
        <source>The answer ended early</source>
        <translation>回答提前结束</translation>
    </message>
    <message>
        <source>The engine gave no reason.</source>
        <translation>引擎没有给出原因。</translation>
    </message>
    <message>
        <source>New chat</source>
        <translation>新对话</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>重试</translation>
    </message>
    <message>
        <source>Stopped. %1 kept.</source>
        <translation>已停止，保留 %1。</translation>
    </message>
    <message>
        <source>Stopped before the first token.</source>
        <translation>在首词元之前停止。</translation>
    </message>
    <message>
        <source>Stopped. What was written is kept.</source>
        <translation>已停止，已生成的内容保留。</translation>
    </message>
    <message>
        <source>Baleen closed unexpectedly. Everything up to the last second is here.</source>
        <translation>Baleen 意外关闭。直到最后一秒的内容都还在。</translation>
    </message>
    <message>
        <source>Stopped at the length limit, %1 tokens.</source>
        <translation>已达到长度上限 %1 词元，停止生成。</translation>
    </message>
    <message>
        <source>The context is full: the answer stops here.</source>
        <translation>上下文已满：回答到此为止。</translation>
    </message>
    <message>
        <source>You, with %1: %2</source>
        <translation>你，附 %1：%2</translation>
    </message>
    <message>
        <source>You: %1</source>
        <translation>你：%1</translation>
    </message>
    <message>
        <source>being written</source>
        <translation>正在生成</translation>
    </message>
    <message>
        <source>finished</source>
        <translation>已完成</translation>
    </message>
    <message>
        <source>Answer, %1, %2: %3</source>
        <translation>回答，%1，%2：%3</translation>
    </message>
    <message>
        <source>prompt of %1, %2 reused</source>
        <translation>提示 %1，其中重用 %2</translation>
    </message>
    <message>
        <source>prompt of %1</source>
        <translation>提示 %1</translation>
    </message>
</context>
<context>
    <name>ui::ModelSwitch</name>
    <message>
        <source>Switch the model</source>
        <translation>切换模型</translation>
    </message>
    <message>
        <source>No model</source>
        <translation>没有模型</translation>
    </message>
    <message>
        <source>Choose one</source>
        <translation>请选择</translation>
    </message>
</context>
<context>
    <name>ui::Notice</name>
    <message>
        <source>Close this notice</source>
        <translation>关闭此通知</translation>
    </message>
</context>
<context>
    <name>ui::Notifications</name>
    <message>
        <source>Open</source>
        <translation>打开</translation>
    </message>
</context>
<context>
    <name>ui::ProseView</name>
    <message>
        <source>Notes of the model</source>
        <translation>模型的说明</translation>
    </message>
</context>
<context>
    <name>ui::QueueBar</name>
    <message>
        <source>Waiting message: %1</source>
        <translation>等待中的消息：%1</translation>
    </message>
    <message>
        <source>Send this message earlier</source>
        <translation>提前发送此消息</translation>
    </message>
    <message>
        <source>Take the message back into the composer</source>
        <translation>把消息放回输入框</translation>
    </message>
    <message>
        <source>Drop the message</source>
        <translation>丢弃消息</translation>
    </message>
</context>
<context>
    <name>ui::ReceiptDialog</name>
    <message>
        <source>Replay</source>
        <translation>重放</translation>
    </message>
    <message>
        <source>Receipt of the answer</source>
        <translation>回答凭据</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>复制</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>Replay asks the same again, with the same seed, and compares token by token. Nothing of it is kept.</source>
        <translation>重放会用相同的种子再问一次，并逐词元比较，结果不会保存。</translation>
    </message>
    <message>
        <source>off</source>
        <translation>关</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>模型</translation>
    </message>
    <message>
        <source>File</source>
        <translation>文件</translation>
    </message>
    <message>
        <source>Fingerprint</source>
        <translation>指纹</translation>
    </message>
    <message>
        <source>Device</source>
        <translation>设备</translation>
    </message>
    <message>
        <source>Program</source>
        <translation>程序</translation>
    </message>
    <message>
        <source>Seed</source>
        <translation>种子</translation>
    </message>
    <message>
        <source>Sampling</source>
        <translation>采样</translation>
    </message>
    <message>
        <source>temperature %1, top-k %2, top-p %3, min-p %4, repeat penalty %5 over %6 tokens</source>
        <translation>温度 %1，top-k %2，top-p %3，min-p %4，重复惩罚 %5（%6 词元内）</translation>
    </message>
    <message>
        <source>Context</source>
        <translation>上下文</translation>
    </message>
    <message>
        <source>%1 of %2</source>
        <translation>%1 / %2</translation>
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
        <translation>开</translation>
    </message>
    <message>
        <source>Given</source>
        <translation>给定</translation>
    </message>
    <message>
        <source>%1, the last one chosen by you; a replay begins behind them</source>
        <translation>%1，最后一个由你选择；重放从其后开始</translation>
    </message>
    <message>
        <source>Cut</source>
        <translation>中断</translation>
    </message>
    <message>
        <source>after %1 tokens, and gone on with the same sampler</source>
        <translation>在 %1 词元后中断，随后用同一采样器继续</translation>
    </message>
    <message>
        <source>Continued</source>
        <translation>续写</translation>
    </message>
    <message>
        <source>by asking the model to go on</source>
        <translation>通过请求模型继续</translation>
    </message>
    <message>
        <source>Instructions</source>
        <translation>指令</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>停止字符串</translation>
    </message>
    <message>
        <source>Replaying…</source>
        <translation>正在重放…</translation>
    </message>
    <message>
        <source>Replaying, %1 letters…</source>
        <translation>正在重放，%1 个字符…</translation>
    </message>
</context>
<context>
    <name>ui::RowRemark</name>
    <message>
        <source>Try again</source>
        <translation>重试</translation>
    </message>
    <message>
        <source>Left in the original: %1</source>
        <translation>保留原文：%1</translation>
    </message>
    <message numerus="yes">
        <source>Left in the original after %n tries.</source>
        <translation>
            <numerusform>尝试 %n 次后保留原文。</numerusform>
        </translation>
    </message>
    <message>
        <source>A number is missing: %1.</source>
        <translation>缺少数字：%1。</translation>
    </message>
    <message>
        <source>A tag or placeholder is missing: %1</source>
        <translation>缺少标记或占位符：%1</translation>
    </message>
    <message>
        <source>Much shorter than the source: a part may be missing.</source>
        <translation>比原文短很多：可能有遗漏。</translation>
    </message>
    <message>
        <source>Stopped at the length limit: the end may be missing.</source>
        <translation>已达到长度上限：结尾可能缺失。</translation>
    </message>
    <message>
        <source>The source asks, the translation does not.</source>
        <translation>原文是问句，译文不是。</translation>
    </message>
    <message>
        <source>This translation needs a look.</source>
        <translation>这句译文需要检查。</translation>
    </message>
</context>
<context>
    <name>ui::RowsModel</name>
    <message>
        <source>Pin: it always stays (P)</source>
        <translation>固定：始终保留 (P)</translation>
    </message>
    <message>
        <source>Unpin (P)</source>
        <translation>取消固定 (P)</translation>
    </message>
    <message>
        <source>Summarise up to here (S)</source>
        <translation>摘要到此处 (S)</translation>
    </message>
    <message>
        <source>Leave out (Delete)</source>
        <translation>移出上下文 (Delete)</translation>
    </message>
    <message>
        <source>Bring back (B)</source>
        <translation>恢复 (B)</translation>
    </message>
    <message>
        <source>Show (Enter)</source>
        <translation>查看 (Enter)</translation>
    </message>
    <message>
        <source>Left out: %1 that the model does not read again</source>
        <translation>已略去：%1，模型不会再读</translation>
    </message>
    <message>
        <source>Reasoning</source>
        <translation>思考</translation>
    </message>
    <message>
        <source>Summary of %1</source>
        <translation>%1的摘要</translation>
    </message>
    <message>
        <source>Kept for the answer</source>
        <translation>留给回答</translation>
    </message>
    <message>
        <source>Free</source>
        <translation>空闲</translation>
    </message>
    <message>
        <source>, left out</source>
        <translation>，已移出</translation>
    </message>
    <message>
        <source>, in the summary</source>
        <translation>，在摘要中</translation>
    </message>
    <message>
        <source>%1, %2%3</source>
        <translation>%1，%2%3</translation>
    </message>
    <message>
        <source>Not seen by the model. It stays in the chat.</source>
        <translation>模型看不到，但仍在对话中。</translation>
    </message>
    <message>
        <source>The model sees the summary in its place.</source>
        <translation>模型看到的是摘要。</translation>
    </message>
    <message>
        <source>The model sees it in place of these turns. It stands in the chat.</source>
        <translation>模型看到它而不是这些轮次，它显示在对话中。</translation>
    </message>
</context>
<context>
    <name>ui::SegmentTable</name>
    <message>
        <source>Source text</source>
        <translation>原文</translation>
    </message>
    <message>
        <source>Translation</source>
        <translation>译文</translation>
    </message>
    <message>
        <source>Type or paste text, or drop a file (txt or md).</source>
        <translation>输入或粘贴文本，或拖入文件（txt 或 md）。</translation>
    </message>
    <message>
        <source>Segments</source>
        <translation>段落</translation>
    </message>
    <message>
        <source>waiting</source>
        <translation>等待中</translation>
    </message>
    <message>
        <source>being translated</source>
        <translation>正在翻译</translation>
    </message>
    <message>
        <source>kept</source>
        <translation>保持原样</translation>
    </message>
    <message>
        <source>unsure</source>
        <translation>存疑</translation>
    </message>
    <message>
        <source>failed</source>
        <translation>失败</translation>
    </message>
    <message>
        <source>as in the source</source>
        <translation>与原文相同</translation>
    </message>
    <message>
        <source>Segment %1 of %2, %3</source>
        <translation>第 %1 段，共 %2 段，%3</translation>
    </message>
    <message>
        <source>%1: source %2</source>
        <translation>%1：原文 %2</translation>
    </message>
    <message>
        <source>%1: source %2, translation %3</source>
        <translation>%1：原文 %2，译文 %3</translation>
    </message>
</context>
<context>
    <name>ui::SettingsDialog</name>
    <message>
        <source>System</source>
        <translation>跟随系统</translation>
    </message>
    <message>
        <source>Settings</source>
        <translation>设置</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>Light</source>
        <translation>浅色</translation>
    </message>
    <message>
        <source>Dark</source>
        <translation>深色</translation>
    </message>
    <message>
        <source>Smaller text</source>
        <translation>缩小文字</translation>
    </message>
    <message>
        <source>Larger text</source>
        <translation>放大文字</translation>
    </message>
    <message>
        <source>%1 px</source>
        <translation>%1 px</translation>
    </message>
    <message>
        <source>Load the model again</source>
        <translation>重新加载模型</translation>
    </message>
    <message>
        <source>%1 tokens</source>
        <translation>%1 词元</translation>
    </message>
    <message>
        <source>Chosen for the model</source>
        <translation>按模型选择</translation>
    </message>
    <message numerus="yes">
        <source>%n thread(s)</source>
        <translation>
            <numerusform>%n 个线程</numerusform>
        </translation>
    </message>
    <message>
        <source>One for each core</source>
        <translation>每个核心一个</translation>
    </message>
    <message>
        <source>These count when a model is loaded</source>
        <translation>以上设置在加载模型时生效</translation>
    </message>
    <message>
        <source>Processor</source>
        <translation>处理器</translation>
    </message>
    <message>
        <source>Graphics card</source>
        <translation>显卡</translation>
    </message>
    <message>
        <source>Automatic</source>
        <translation>自动</translation>
    </message>
    <message>
        <source>%1 bits</source>
        <translation>%1 位</translation>
    </message>
    <message>
        <source>Up to %1 GiB</source>
        <translation>最多 %1 GiB</translation>
    </message>
    <message>
        <source>Off</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>Delete</source>
        <translation>删除</translation>
    </message>
    <message>
        <source>Nothing</source>
        <translation>无</translation>
    </message>
    <message>
        <source>Not all could be deleted</source>
        <translation>未能全部删除</translation>
    </message>
    <message>
        <source>Conversations on disk now</source>
        <translation>当前磁盘上的对话</translation>
    </message>
    <message>
        <source>Delete the conversations kept on disk</source>
        <translation>删除磁盘上保留的对话</translation>
    </message>
    <message>
        <source>For example: Answer briefly and in British English.</source>
        <translation>例如：请用简体中文简要回答。</translation>
    </message>
    <message>
        <source>Until the context is full</source>
        <translation>直到上下文用满</translation>
    </message>
    <message>
        <source>By the model, when it is idle</source>
        <translation>由模型在空闲时生成</translation>
    </message>
    <message>
        <source>The first words</source>
        <translation>开头的文字</translation>
    </message>
    <message>
        <source>Underlined</source>
        <translation>加下划线</translation>
    </message>
    <message>
        <source>Not shown</source>
        <translation>不显示</translation>
    </message>
    <message>
        <source>No setting is called that.</source>
        <translation>没有这样的设置。</translation>
    </message>
    <message>
        <source>Search settings</source>
        <translation>搜索设置</translation>
    </message>
    <message>
        <source>Defaults</source>
        <translation>默认值</translation>
    </message>
    <message>
        <source>All settings of this page back to their defaults</source>
        <translation>本页所有设置恢复默认值</translation>
    </message>
    <message>
        <source>Defaults of this page</source>
        <translation>本页的默认值</translation>
    </message>
    <message>
        <source>%1 has its defaults.</source>
        <translation>“%1”已恢复默认值。</translation>
    </message>
    <message>
        <source>Changes apply at once</source>
        <translation>更改立即生效</translation>
    </message>
    <message>
        <source>Undo</source>
        <translation>撤销</translation>
    </message>
    <message>
        <source>Settings found</source>
        <translation>找到的设置</translation>
    </message>
    <message>
        <source>%1 px more</source>
        <translation>大 %1 像素</translation>
    </message>
    <message>
        <source>%1 px less</source>
        <translation>小 %1 像素</translation>
    </message>
    <message>
        <source>As usual</source>
        <translation>常规</translation>
    </message>
    <message>
        <source>Smaller code</source>
        <translation>缩小代码</translation>
    </message>
    <message>
        <source>Larger code</source>
        <translation>放大代码</translation>
    </message>
    <message>
        <source>On</source>
        <translation>开</translation>
    </message>
    <message>
        <source>As the model does</source>
        <translation>由模型决定</translation>
    </message>
    <message>
        <source>none</source>
        <translation>无</translation>
    </message>
    <message>
        <source>Choose a folder…</source>
        <translation>选择文件夹…</translation>
    </message>
    <message>
        <source>Folder of models</source>
        <translation>模型文件夹</translation>
    </message>
    <message>
        <source>With a notification</source>
        <translation>发送通知</translation>
    </message>
    <message>
        <source>Not at all</source>
        <translation>不通知</translation>
    </message>
    <message>
        <source>%1: back to the default, %2</source>
        <translation>%1：恢复默认值，%2</translation>
    </message>
    <message>
        <source>%1 has its default.</source>
        <translation>“%1”已恢复默认值。</translation>
    </message>
    <message>
        <source>Default: %1</source>
        <translation>默认：%1</translation>
    </message>
    <message>
        <source>Keep running in the tray</source>
        <translation>在托盘中继续运行</translation>
    </message>
    <message>
        <source>Quit</source>
        <translation>退出</translation>
    </message>
    <message>
        <source>This desktop shows no tray: Baleen quits when the window is closed.</source>
        <translation>此桌面没有托盘：关闭窗口时 Baleen 会退出。</translation>
    </message>
    <message>
        <source>Start Baleen again</source>
        <translation>重新启动 Baleen</translation>
    </message>
    <message>
        <source>The window speaks it from the next start on</source>
        <translation>下次启动后使用该语言</translation>
    </message>
    <message>
        <source>Any graphics card</source>
        <translation>任一显卡</translation>
    </message>
</context>
<context>
    <name>ui::Sidebar</name>
    <message>
        <source>Settings</source>
        <translation>设置</translation>
    </message>
    <message>
        <source>Sidebar</source>
        <translation>侧边栏</translation>
    </message>
</context>
<context>
    <name>ui::SpeedPopover</name>
    <message>
        <source>Why this speed</source>
        <translation>速度说明</translation>
    </message>
    <message>
        <source>%1 s</source>
        <translation>%1 秒</translation>
    </message>
    <message>
        <source>Read for each token</source>
        <translation>每词元读取</translation>
    </message>
    <message>
        <source>%1 GB, %2 GB of it context</source>
        <translation>%1 GB，其中上下文 %2 GB</translation>
    </message>
    <message>
        <source>Memory speed used</source>
        <translation>内存速度使用</translation>
    </message>
    <message>
        <source>%1 of %2 GB/s</source>
        <translation>%1 / %2 GB/s</translation>
    </message>
    <message>
        <source>Reading</source>
        <translation>读取</translation>
    </message>
    <message>
        <source>%1, %2 tok/s</source>
        <translation>%1，%2 tok/s</translation>
    </message>
    <message>
        <source>Writing</source>
        <translation>生成</translation>
    </message>
    <message>
        <source>Tokens reused</source>
        <translation>复用的词元</translation>
    </message>
    <message>
        <source>%1 of %2</source>
        <translation>%1 / %2</translation>
    </message>
    <message>
        <source>Layers on the graphics card</source>
        <translation>显卡上的层</translation>
    </message>
    <message>
        <source>all %1</source>
        <translation>全部 %1 层</translation>
    </message>
    <message>
        <source>none of %1</source>
        <translation>0 / %1 层</translation>
    </message>
</context>
<context>
    <name>ui::StartView</name>
    <message>
        <source>Explain a piece of code</source>
        <translation>解释一段代码</translation>
    </message>
    <message>
        <source>Paste it, or drop a file here</source>
        <translation>粘贴代码，或把文件拖到这里</translation>
    </message>
    <message>
        <source>Explain step by step what this code does:

```
</source>
        <translation>请逐步解释这段代码的作用：

```
</translation>
    </message>
    <message>
        <source>Summarise a document</source>
        <translation>总结一份文档</translation>
    </message>
    <message>
        <source>Paste the text, or drop a text file here</source>
        <translation>粘贴文字，或把文本文件拖到这里</translation>
    </message>
    <message>
        <source>Summarise this text in five points:

</source>
        <translation>请用五点总结这段文字：

</translation>
    </message>
    <message>
        <source>What are you working on?</source>
        <translation>你在做什么？</translation>
    </message>
    <message>
        <source>Everything runs on this computer. Write in any language, or start from one of these.</source>
        <translation>一切都在这台电脑上运行。可用任何语言输入，或从下面开始。</translation>
    </message>
</context>
<context>
    <name>ui::StatusLine</name>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Status</source>
        <translation>状态</translation>
    </message>
    <message>
        <source>Why this speed</source>
        <translation>速度说明</translation>
    </message>
    <message>
        <source>Tokens a second; a token is about 4 letters or 1.5 Chinese characters. Click: why this speed.</source>
        <translation>每秒词元数；一个词元约等于 4 个字母或 1.5 个汉字。点击查看速度说明。</translation>
    </message>
    <message>
        <source>Context %1 / %2</source>
        <translation>上下文 %1 / %2</translation>
    </message>
    <message>
        <source>Saving</source>
        <translation>正在保存</translation>
    </message>
    <message>
        <source>RAM %1 / %2 GiB</source>
        <translation>内存 %1 / %2 GiB</translation>
    </message>
    <message>
        <source>Memory this program uses, the model included, of what the machine has.</source>
        <translation>本程序（含模型）占用的内存与本机总内存。</translation>
    </message>
    <message>
        <source>Tokens the model sees now, of what its context holds.</source>
        <translation>模型当前看到的词元与上下文容量。</translation>
    </message>
</context>
<context>
    <name>ui::TabButton</name>
    <message>
        <source>%1, not saved</source>
        <translation>%1，未保存</translation>
    </message>
    <message>
        <source>%1, being written</source>
        <translation>%1，正在生成</translation>
    </message>
</context>
<context>
    <name>ui::TaskCard</name>
    <message>
        <source>What the model sees</source>
        <translation>模型看到的内容</translation>
    </message>
    <message>
        <source>Context</source>
        <translation>上下文</translation>
    </message>
    <message>
        <source>Language of the code</source>
        <translation>代码语言</translation>
    </message>
    <message>
        <source>New task</source>
        <translation>新任务</translation>
    </message>
    <message>
        <source>Show the editor</source>
        <translation>显示编辑器</translation>
    </message>
    <message>
        <source>Generate</source>
        <translation>生成</translation>
    </message>
    <message>
        <source>Write code from a description</source>
        <translation>根据描述编写代码</translation>
    </message>
    <message>
        <source>Complete</source>
        <translation>补全</translation>
    </message>
    <message>
        <source>Write on at the cursor of the editor</source>
        <translation>在编辑器光标处续写</translation>
    </message>
    <message>
        <source>Explain</source>
        <translation>解释</translation>
    </message>
    <message>
        <source>Explain the code in the editor</source>
        <translation>解释编辑器中的代码</translation>
    </message>
    <message>
        <source>Fix</source>
        <translation>修复</translation>
    </message>
    <message>
        <source>Find and fix bugs in the editor&apos;s code</source>
        <translation>查找并修复编辑器中代码的错误</translation>
    </message>
    <message>
        <source>Refactor</source>
        <translation>重构</translation>
    </message>
    <message>
        <source>Make the editor&apos;s code easier to read</source>
        <translation>让编辑器中的代码更易读</translation>
    </message>
    <message>
        <source>Tests</source>
        <translation>测试</translation>
    </message>
    <message>
        <source>Write tests for the editor&apos;s code</source>
        <translation>为编辑器中的代码编写测试</translation>
    </message>
    <message>
        <source>Show the editor&apos;s text to the model</source>
        <translation>让模型看到编辑器的文本</translation>
    </message>
    <message>
        <source>Automatic</source>
        <translation>自动</translation>
    </message>
    <message>
        <source>Automatic: %1</source>
        <translation>自动：%1</translation>
    </message>
    <message>
        <source>No model loaded</source>
        <translation>未加载模型</translation>
    </message>
    <message>
        <source>%1 tokens</source>
        <translation>%1 词元</translation>
    </message>
    <message>
        <source>%1 of %2 tokens</source>
        <translation>%1 / %2 词元</translation>
    </message>
    <message>
        <source>%1 tokens are kept for the answer.</source>
        <translation>为回答留出 %1 词元。</translation>
    </message>
    <message>
        <source>What to build</source>
        <translation>要编写的内容</translation>
    </message>
    <message>
        <source>What comes here, optional</source>
        <translation>此处要写的内容（可选）</translation>
    </message>
    <message>
        <source>Your question, optional</source>
        <translation>你的问题（可选）</translation>
    </message>
    <message>
        <source>What is wrong, optional</source>
        <translation>哪里有问题（可选）</translation>
    </message>
    <message>
        <source>What to change, optional</source>
        <translation>要修改什么（可选）</translation>
    </message>
    <message>
        <source>What to test, optional</source>
        <translation>要测试什么（可选）</translation>
    </message>
    <message>
        <source>A command-line tool that counts words, with options for the language and the output file</source>
        <translation>一个统计词数的命令行工具，可选择语言和输出文件</translation>
    </message>
    <message>
        <source>Complete reads the code before and after the cursor.</source>
        <translation>“补全”会读取光标前后的代码。</translation>
    </message>
    <message>
        <source>Why is this slow for long lists?</source>
        <translation>为什么列表很长时会变慢？</translation>
    </message>
    <message>
        <source>It stops with an error when the list is empty.</source>
        <translation>列表为空时会报错中止。</translation>
    </message>
    <message>
        <source>Split the long function, name the constants.</source>
        <translation>拆分过长的函数，为常量命名。</translation>
    </message>
    <message>
        <source>An empty list, a list with one entry, a wrong type.</source>
        <translation>空列表、只有一项的列表、错误的类型。</translation>
    </message>
    <message>
        <source>The editor is empty</source>
        <translation>编辑器为空</translation>
    </message>
    <message>
        <source>%1, not sent</source>
        <translation>%1，不发送</translation>
    </message>
    <message>
        <source>1 line</source>
        <translation>1 行</translation>
    </message>
    <message>
        <source>%1 lines</source>
        <translation>%1 行</translation>
    </message>
    <message>
        <source>This model completes from the code alone: the words above are not sent.</source>
        <translation>此模型只根据代码补全：上面的文字不会发送。</translation>
    </message>
    <message>
        <source>This model cannot fill in at the cursor. It is asked for the missing piece, which is less exact.</source>
        <translation>此模型不支持光标处补全。将改为询问缺失的部分，准确度较低。</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>停止</translation>
    </message>
    <message>
        <source>Takes the task out of the queue</source>
        <translation>从队列中取消此任务</translation>
    </message>
    <message>
        <source>What has been written stays</source>
        <translation>已生成的内容保留</translation>
    </message>
    <message>
        <source>Write what to build first</source>
        <translation>请先描述要编写的内容</translation>
    </message>
    <message>
        <source>Write or paste code in the editor first, or open a file</source>
        <translation>请先在编辑器中编写或粘贴代码，或打开文件</translation>
    </message>
</context>
<context>
    <name>ui::TokenAlternatives</name>
    <message>
        <source>Branch here with “%1”</source>
        <translation>以“%1”在此分支</translation>
    </message>
    <message>
        <source>Branch with “%1”, %2</source>
        <translation>以“%1”分支，%2</translation>
    </message>
    <message>
        <source>You chose it</source>
        <translation>由你选择</translation>
    </message>
    <message>
        <source>The model is unsure here</source>
        <translation>模型对此处没有把握</translation>
    </message>
    <message>
        <source>Token %1 of %2: “%3”, %4</source>
        <translation>第 %1 个词元，共 %2 个：“%3”，%4</translation>
    </message>
    <message>
        <source>Instead: %1</source>
        <translation>其他选择：%1</translation>
    </message>
</context>
<context>
    <name>ui::TokenLensView</name>
    <message>
        <source>The tokens of this answer were not kept.</source>
        <translation>此回答的词元没有保留。</translation>
    </message>
</context>
<context>
    <name>ui::Transcript</name>
    <message>
        <source>To the end</source>
        <translation>到末尾</translation>
    </message>
    <message>
        <source>Conversation</source>
        <translation>对话内容</translation>
    </message>
    <message>
        <source>To the end, %1 new lines</source>
        <translation>到末尾，%1 行新内容</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>复制</translation>
    </message>
    <message>
        <source>Copy as Markdown</source>
        <translation>复制为 Markdown</translation>
    </message>
    <message>
        <source>Copy link</source>
        <translation>复制链接</translation>
    </message>
    <message>
        <source>Copy message</source>
        <translation>复制消息</translation>
    </message>
    <message>
        <source>Copy answer as Markdown</source>
        <translation>复制回答为 Markdown</translation>
    </message>
    <message>
        <source>Show %1</source>
        <translation>查看 %1</translation>
    </message>
    <message>
        <source>Edit and send again</source>
        <translation>编辑并重新发送</translation>
    </message>
    <message>
        <source>Retry</source>
        <translation>重新生成</translation>
    </message>
    <message>
        <source>Edit the answer</source>
        <translation>编辑回答</translation>
    </message>
    <message>
        <source>Branch from here</source>
        <translation>从此处分支</translation>
    </message>
    <message>
        <source>Receipt and replay…</source>
        <translation>凭据与重放…</translation>
    </message>
    <message>
        <source>Select all</source>
        <translation>全选</translation>
    </message>
    <message>
        <source>Open the link “%1”</source>
        <translation>打开链接“%1”</translation>
    </message>
    <message>
        <source>Compare answers…</source>
        <translation>比较回答…</translation>
    </message>
    <message>
        <source>Copy all as Markdown</source>
        <translation>全部复制为 Markdown</translation>
    </message>
</context>
<context>
    <name>ui::TranslatePanel</name>
    <message>
        <source>Open a text file</source>
        <translation>打开文本文件</translation>
    </message>
    <message>
        <source>More</source>
        <translation>更多</translation>
    </message>
    <message>
        <source>New text</source>
        <translation>新文本</translation>
    </message>
    <message>
        <source>Segments translated</source>
        <translation>已翻译的句段</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>复制</translation>
    </message>
    <message>
        <source>Save translation</source>
        <translation>保存译文</translation>
    </message>
    <message>
        <source>The text could not be kept for the next start: %1. It stays here while Baleen runs.</source>
        <translation>文本无法保留到下次启动：%1。Baleen 运行期间它仍在这里。</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>重试</translation>
    </message>
    <message>
        <source>Resume</source>
        <translation>继续</translation>
    </message>
    <message>
        <source>This is %1 already.</source>
        <translation>这已经是%1。</translation>
    </message>
    <message>
        <source>This is perhaps %1 already. If not, choose the language of the text above.</source>
        <translation>这可能已经是%1。如果不是，请在上方选择原文语言。</translation>
    </message>
    <message>
        <source>Translate to %1</source>
        <translation>翻译成%1</translation>
    </message>
    <message>
        <source>Starts as soon as the model is loaded.</source>
        <translation>模型加载后立即开始。</translation>
    </message>
    <message>
        <source>No model is loaded. Your text will wait.</source>
        <translation>尚未加载模型，你的文本会等待。</translation>
    </message>
    <message>
        <source>Choose a model</source>
        <translation>选择模型</translation>
    </message>
    <message>
        <source>%1/%2 segments</source>
        <translation>%1/%2 句段</translation>
    </message>
    <message>
        <source>Numbers and tags kept</source>
        <translation>数字和标记均已保留</translation>
    </message>
    <message numerus="yes">
        <source>Numbers or tags missing in %n segment(s)</source>
        <translation>
            <numerusform>%n 个句段缺少数字或标记</numerusform>
        </translation>
    </message>
    <message>
        <source>%1 to look at</source>
        <translation>%1 处待检查</translation>
    </message>
    <message>
        <source>About %1 s left</source>
        <translation>约剩 %1 秒</translation>
    </message>
    <message>
        <source>About %1 min left</source>
        <translation>约剩 %1 分钟</translation>
    </message>
    <message>
        <source>There is no translation yet.</source>
        <translation>还没有译文。</translation>
    </message>
    <message>
        <source>%1 tok/s</source>
        <translation>%1 tok/s</translation>
    </message>
    <message>
        <source>Translating %1</source>
        <translation>正在翻译 %1</translation>
    </message>
    <message>
        <source>Chat goes first when you send</source>
        <translation>发送时对话优先</translation>
    </message>
    <message>
        <source>Translation waits for a model</source>
        <translation>翻译等待模型</translation>
    </message>
    <message>
        <source>Translation waits for another request</source>
        <translation>翻译等待其他请求</translation>
    </message>
    <message numerus="yes">
        <source>%n place(s) in the file held no valid text and show as �.</source>
        <translation>
            <numerusform>文件中有 %n 处不是有效文本，显示为 �。</numerusform>
        </translation>
    </message>
    <message>
        <source>One file at a time: %1 was opened.</source>
        <translation>一次只能打开一个文件：已打开 %1。</translation>
    </message>
    <message>
        <source>%1 was not opened. Baleen translates txt and md files.</source>
        <translation>未打开 %1。Baleen 可翻译 txt 和 md 文件。</translation>
    </message>
    <message>
        <source>Text files (*.txt *.md *.markdown *.text);;All files (*)</source>
        <translation>文本文件 (*.txt *.md *.markdown *.text);;所有文件 (*)</translation>
    </message>
    <message>
        <source>Copied</source>
        <translation>已复制</translation>
    </message>
    <message>
        <source>Text files (*.txt *.md);;All files (*)</source>
        <translation>文本文件 (*.txt *.md);;所有文件 (*)</translation>
    </message>
    <message>
        <source>Saved as %1.</source>
        <translation>已保存为 %1。</translation>
    </message>
    <message numerus="yes">
        <source>Saved as %1. %n segment(s) stand in the original.</source>
        <translation>
            <numerusform>已保存为 %1。%n 个句段保留原文。</numerusform>
        </translation>
    </message>
    <message>
        <source>Text</source>
        <translation>文本</translation>
    </message>
    <message>
        <source>Copy the whole translation (%1)</source>
        <translation>复制全部译文 (%1)</translation>
    </message>
    <message>
        <source>Save the translation under a new name (%1)</source>
        <translation>译文另存为 (%1)</translation>
    </message>
    <message>
        <source>Show the next one (%1)</source>
        <translation>显示下一处 (%1)</translation>
    </message>
    <message>
        <source>The translation has begun.</source>
        <translation>翻译已开始。</translation>
    </message>
    <message numerus="yes">
        <source>The translation is finished, %n segment(s).</source>
        <translation>
            <numerusform>翻译已完成，共 %n 段。</numerusform>
        </translation>
    </message>
    <message>
        <source>Translate</source>
        <translation>翻译</translation>
    </message>
</context>
<context>
    <name>ui::Tray</name>
    <message>
        <source>Open Baleen</source>
        <translation>打开 Baleen</translation>
    </message>
    <message>
        <source>Quit Baleen</source>
        <translation>退出 Baleen</translation>
    </message>
</context>
<context>
    <name>ui::TreeListModel</name>
    <message>
        <source>You</source>
        <translation>你</translation>
    </message>
    <message>
        <source>Answer</source>
        <translation>回答</translation>
    </message>
    <message>
        <source>Thought: %1</source>
        <translation>思考：%1</translation>
    </message>
    <message>
        <source>Not written yet</source>
        <translation>尚未生成</translation>
    </message>
    <message>
        <source>Failed: %1</source>
        <translation>失败：%1</translation>
    </message>
    <message>
        <source>No words</source>
        <translation>没有文字</translation>
    </message>
    <message>
        <source>version %1</source>
        <translation>版本 %1</translation>
    </message>
    <message>
        <source>on another branch</source>
        <translation>在另一分支上</translation>
    </message>
    <message>
        <source>%1: %2</source>
        <translation>%1：%2</translation>
    </message>
</context>
<context>
    <name>ui::figures</name>
    <message>
        <source>1 chat</source>
        <translation>1 个对话</translation>
    </message>
    <message>
        <source>%1 chats</source>
        <translation>%1 个对话</translation>
    </message>
    <message>
        <source>1 message</source>
        <translation>1 条消息</translation>
    </message>
    <message>
        <source>%1 messages</source>
        <translation>%1 条消息</translation>
    </message>
    <message>
        <source>1 turn</source>
        <translation>1 轮对话</translation>
    </message>
    <message>
        <source>%1 turns</source>
        <translation>%1 轮对话</translation>
    </message>
</context>
</TS>
