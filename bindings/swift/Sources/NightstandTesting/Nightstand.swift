/// What is generated here speaks of the app's types, and so does who imports it.
@_exported import Nightstand
