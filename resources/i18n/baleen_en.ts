<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="en" sourcelanguage="en">
<context>
    <name>ui::RowRemark</name>
    <message numerus="yes">
        <source>Left in the original after %n tries.</source>
        <translation>
            <numerusform>Left in the original after %n try.</numerusform>
            <numerusform>Left in the original after %n tries.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ui::SettingsDialog</name>
    <message numerus="yes">
        <source>%n thread(s)</source>
        <translation>
            <numerusform>%n thread</numerusform>
            <numerusform>%n threads</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ui::TranslatePanel</name>
    <message numerus="yes">
        <source>Numbers or tags missing in %n segment(s)</source>
        <translation>
            <numerusform>Numbers or tags missing in %n segment</numerusform>
            <numerusform>Numbers or tags missing in %n segments</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n place(s) in the file held no valid text and show as �.</source>
        <translation>
            <numerusform>%n place in the file held no valid text and shows as �.</numerusform>
            <numerusform>%n places in the file held no valid text and show as �.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Saved as %1. %n segment(s) stand in the original.</source>
        <translation>
            <numerusform>Saved as %1. %n segment stands in the original.</numerusform>
            <numerusform>Saved as %1. %n segments stand in the original.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>The translation is finished, %n segment(s).</source>
        <translation>
            <numerusform>The translation is finished, %n segment.</numerusform>
            <numerusform>The translation is finished, %n segments.</numerusform>
        </translation>
    </message>
</context>
</TS>
