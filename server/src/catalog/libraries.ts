/** The data files of the catalog, one a library. */
import anyio from './libraries/anyio.json' with { type: 'json' };
import apscheduler from './libraries/apscheduler.json' with { type: 'json' };
import asgiref from './libraries/asgiref.json' with { type: 'json' };
import asyncio from './libraries/asyncio.json' with { type: 'json' };
import builtins from './libraries/builtins.json' with { type: 'json' };
import caches from './libraries/caches.json' with { type: 'json' };
import celery from './libraries/celery.json' with { type: 'json' };
import cherrypy from './libraries/cherrypy.json' with { type: 'json' };
import clients from './libraries/clients.json' with { type: 'json' };
import concurrentFutures from './libraries/concurrent-futures.json' with { type: 'json' };
import confluentKafka from './libraries/confluent-kafka.json' with { type: 'json' };
import dash from './libraries/dash.json' with { type: 'json' };
import dask from './libraries/dask.json' with { type: 'json' };
import databaseClients from './libraries/database-clients.json' with { type: 'json' };
import django from './libraries/django.json' with { type: 'json' };
import documents from './libraries/documents.json' with { type: 'json' };
import dramatiq from './libraries/dramatiq.json' with { type: 'json' };
import falcon from './libraries/falcon.json' with { type: 'json' };
import files from './libraries/files.json' with { type: 'json' };
import flask from './libraries/flask.json' with { type: 'json' };
import functools from './libraries/functools.json' with { type: 'json' };
import googleCloud from './libraries/google-cloud.json' with { type: 'json' };
import gpiozero from './libraries/gpiozero.json' with { type: 'json' };
import gradio from './libraries/gradio.json' with { type: 'json' };
import greenlets from './libraries/greenlets.json' with { type: 'json' };
import grpc from './libraries/grpc.json' with { type: 'json' };
import gtk from './libraries/gtk.json' with { type: 'json' };
import internet from './libraries/internet.json' with { type: 'json' };
import itertools from './libraries/itertools.json' with { type: 'json' };
import joblib from './libraries/joblib.json' with { type: 'json' };
import kazoo from './libraries/kazoo.json' with { type: 'json' };
import keyboard from './libraries/keyboard.json' with { type: 'json' };
import kivy from './libraries/kivy.json' with { type: 'json' };
import logging from './libraries/logging.json' with { type: 'json' };
import multiprocessing from './libraries/multiprocessing.json' with { type: 'json' };
import nicegui from './libraries/nicegui.json' with { type: 'json' };
import opencv from './libraries/opencv.json' with { type: 'json' };
import paho from './libraries/paho.json' with { type: 'json' };
import pika from './libraries/pika.json' with { type: 'json' };
import processState from './libraries/process-state.json' with { type: 'json' };
import prometheus from './libraries/prometheus.json' with { type: 'json' };
import pyaudio from './libraries/pyaudio.json' with { type: 'json' };
import pygls from './libraries/pygls.json' with { type: 'json' };
import pynput from './libraries/pynput.json' with { type: 'json' };
import pyserial from './libraries/pyserial.json' with { type: 'json' };
import pythonCan from './libraries/python-can.json' with { type: 'json' };
import pywebview from './libraries/pywebview.json' with { type: 'json' };
import qt from './libraries/qt.json' with { type: 'json' };
import queue from './libraries/queue.json' with { type: 'json' };
import rpiGpio from './libraries/rpi-gpio.json' with { type: 'json' };
import scientific from './libraries/scientific.json' with { type: 'json' };
import slackBolt from './libraries/slack-bolt.json' with { type: 'json' };
import socketio from './libraries/socketio.json' with { type: 'json' };
import sockets from './libraries/sockets.json' with { type: 'json' };
import socketserver from './libraries/socketserver.json' with { type: 'json' };
import sounddevice from './libraries/sounddevice.json' with { type: 'json' };
import sqlite3 from './libraries/sqlite3.json' with { type: 'json' };
import starlette from './libraries/starlette.json' with { type: 'json' };
import stomp from './libraries/stomp.json' with { type: 'json' };
import streamlit from './libraries/streamlit.json' with { type: 'json' };
import subprocess from './libraries/subprocess.json' with { type: 'json' };
import system from './libraries/system.json' with { type: 'json' };
import telebot from './libraries/telebot.json' with { type: 'json' };
import textual from './libraries/textual.json' with { type: 'json' };
import threading from './libraries/threading.json' with { type: 'json' };
import tkinter from './libraries/tkinter.json' with { type: 'json' };
import tornado from './libraries/tornado.json' with { type: 'json' };
import tqdm from './libraries/tqdm.json' with { type: 'json' };
import trio from './libraries/trio.json' with { type: 'json' };
import twisted from './libraries/twisted.json' with { type: 'json' };
import watchdog from './libraries/watchdog.json' with { type: 'json' };
import weakref from './libraries/weakref.json' with { type: 'json' };
import wx from './libraries/wx.json' with { type: 'json' };
import zeroconf from './libraries/zeroconf.json' with { type: 'json' };
import zmq from './libraries/zmq.json' with { type: 'json' };
import type { Library } from './schema.ts';

/** A test holds each against the schema, so that nothing need be checked when Heddle starts. */
export const LIBRARIES = [
  anyio,
  apscheduler,
  asgiref,
  asyncio,
  builtins,
  caches,
  celery,
  cherrypy,
  clients,
  concurrentFutures,
  confluentKafka,
  dash,
  dask,
  databaseClients,
  django,
  documents,
  dramatiq,
  falcon,
  files,
  flask,
  functools,
  googleCloud,
  gpiozero,
  gradio,
  greenlets,
  grpc,
  gtk,
  internet,
  itertools,
  joblib,
  kazoo,
  keyboard,
  kivy,
  logging,
  multiprocessing,
  nicegui,
  opencv,
  paho,
  pika,
  processState,
  prometheus,
  pyaudio,
  pygls,
  pynput,
  pyserial,
  pythonCan,
  pywebview,
  qt,
  queue,
  rpiGpio,
  scientific,
  slackBolt,
  socketio,
  sockets,
  socketserver,
  sounddevice,
  sqlite3,
  starlette,
  stomp,
  streamlit,
  subprocess,
  system,
  telebot,
  textual,
  threading,
  tkinter,
  tornado,
  tqdm,
  trio,
  twisted,
  watchdog,
  weakref,
  wx,
  zeroconf,
  zmq,
] as readonly unknown[] as readonly Library[];
