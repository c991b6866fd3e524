// What a transcript is asked for that concerns no message: its links, its blocks of code, its size.
#pragma once

namespace ui {

class Appearance;
class Transcript;

// A link is opened at once only where its words name its host; code is saved where the user says; Ctrl and the wheel set the size of
// reading. Both outlive the connection or end it.
void connectText(Transcript &transcript, Appearance &appearance);

} // namespace ui
