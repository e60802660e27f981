// Shows the API's own description; everything comes from this server.
if (window.SwaggerUIBundle) {
    window.SwaggerUIBundle({ url: "/openapi.json", dom_id: "#browser", deepLinking: true, persistAuthorization: true });
} else {
    document.getElementById("plain").hidden = false;
}
