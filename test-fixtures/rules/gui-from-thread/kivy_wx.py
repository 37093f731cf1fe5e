"""Toolkits whose widgets are changed by their attributes, or whose program hands calls over."""
import threading

import wx
from kivy.app import App
from kivy.clock import Clock, mainthread
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.label import Label
from kivy.uix.progressbar import ProgressBar


class Panel(BoxLayout):
    def __init__(self, sensor, **options):
        super().__init__(**options)
        self.sensor = sensor
        self.last = None
        self.label = Label(text="waiting")
        self.bar = ProgressBar(max=100)
        self.label.text = "ready"  # ok: gui-from-thread
        threading.Thread(target=self.poll, daemon=True).start()
        threading.Thread(target=self.poll_right, daemon=True).start()

    def poll(self):
        while True:
            value = self.sensor.read()
            self.label.text = f"{value} °C"  # expect: gui-from-thread "`self.label.text`"
            self.bar.value = value

    def poll_right(self):
        value = self.sensor.read()
        self.note(value)
        Clock.schedule_once(lambda _: self.show(value))

    @mainthread
    def note(self, value):
        self.label.text = str(value)  # ok: gui-from-thread

    def show(self, value):
        self.bar.value = value  # ok: gui-from-thread


class Tool(App):
    def build(self):
        return Panel(sensor=object())


class Window(wx.Frame):
    def __init__(self):
        super().__init__(None, title="Copy")
        self.gauge = wx.Gauge(self)
        self.text = wx.StaticText(self, label="idle")
        threading.Thread(target=self.copy).start()

    def copy(self):
        for part in range(10):
            self.gauge.SetValue(part)  # expect: gui-from-thread "wx.CallAfter"
        wx.CallAfter(self.text.SetLabel, "done")  # ok: gui-from-thread


if __name__ == "__main__":
    Tool().run()
