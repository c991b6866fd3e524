// The transcript for screen readers: a list with one item a message.
#pragma once

namespace ui {

// Once a process, before the first transcript is looked at.
void installTranscriptAccessibility();

} // namespace ui
